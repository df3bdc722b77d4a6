#pragma once

#include "core/decimal.hpp"
#include "sandbox/exchange/exchange.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace omen::sandbox {

using namespace omen::literals;

inline const MarketId btc{1};
inline const MarketId eth{2};
inline const std::string alice = "0xA11CE";
inline const std::string bob = "0xB0B";

inline rest::MarketResponse test_market(const MarketId& id, const std::string& base) {
    return {.market_id = id,
            .symbol = base + "-PERP",
            .base = base,
            .quote = "USD",
            .status = "live",
            .tick_size = 0.5_d,
            .lot_size = 0.1_d,
            .min_size = 0.2_d,
            .max_leverage = 10,
            .initial_margin = 0.1_d,
            .maintenance_margin = 0.05_d,
            .maker_fee = -0.0001_d,
            .taker_fee = 0.0005_d};
}

/// Two markets; the house shows 10 at each of 99, 98 | 101, 102 in the first one (sequence 50), nothing in the second.
/// Two wallets with 10,000 each. It notes what the exchange publishes.
struct World : ExchangeListener {
    using Levels = std::vector<Level>;

    explicit World(ExchangeOptions options = {})
        : exchange({test_market(btc, "BTC"), test_market(eth, "ETH")}, options) {
        exchange.open_book(btc, 50, Levels{{99_d, 10_d}, {98_d, 10_d}}, Levels{{101_d, 10_d}, {102_d, 10_d}}, now);
        exchange.fund(alice, 10000_d);
        exchange.fund(bob, 10000_d);
        exchange.set_listener(this);
    }

    void on_execution(const gw::Execution& execution) override { executions.push_back(execution); }
    void on_trade(const md::Trade& trade) override { trades.push_back(trade); }
    void on_book(const md::OrderbookDelta& delta) override { deltas.push_back(delta); }
    void on_funding(const md::Funding& funding) override { fundings.push_back(funding); }
    void on_spot(const md::SpotPrice& spot) override { spots.push_back(spot); }
    void on_account(const std::string& owner) override { accounts.push_back(owner); }
    void forget_events() {
        executions.clear();
        trades.clear();
        deltas.clear();
        accounts.clear();
    }

    /// A gtc limit order for the first market, under the next of the client order ids c1, c2...
    gw::Order limit(Side side, Decimal price, Decimal size) {
        gw::Order order;
        order.id = ++last_id;
        order.client_order_id = {"c" + std::to_string(last_id)};
        order.market_id = btc;
        order.side = side;
        order.price = price;
        order.size = size;
        return order;
    }
    gw::Order market(Side side, Decimal size) {
        auto order = limit(side, {}, size);
        order.order_type = OrderType::market;
        order.price.reset();
        order.time_in_force = TimeInForce::ioc;
        return order;
    }

    /// Throws when the order is refused.
    gw::OrderAccepted place(const std::string& owner, const gw::Order& order) {
        return std::get<gw::OrderAccepted>(exchange.order(owner, order, now));
    }
    gw::OrderAccepted buy(const std::string& owner, Decimal price, Decimal size) {
        return place(owner, limit(Side::buy, price, size));
    }
    gw::OrderAccepted sell(const std::string& owner, Decimal price, Decimal size) {
        return place(owner, limit(Side::sell, price, size));
    }
    /// The code of the refusal. Throws when the order is accepted.
    std::string refusal(const std::string& owner, const gw::Order& order) {
        return std::get<gw::OrderRejected>(exchange.order(owner, order, now)).code.value();
    }
    std::vector<ExecutionEvent> events_of(const std::string& owner) const {
        std::vector<ExecutionEvent> result;
        for (const auto& execution : executions)
            if (execution.wallet == owner) result.push_back(execution.event.known().value());
        return result;
    }
    /// The signed size of a position in the first market.
    Decimal position(const std::string& owner) const {
        for (const auto& held : exchange.positions(owner).positions)
            if (held.market_id == btc) return held.side == PositionSide::long_ ? held.size : -held.size;
        return {};
    }

    Exchange exchange;
    Timestamp now{1'700'000'000'000};
    std::uint64_t last_id = 0;
    std::vector<gw::Execution> executions{};
    std::vector<md::Trade> trades{};
    std::vector<md::OrderbookDelta> deltas{};
    std::vector<md::Funding> fundings{};
    std::vector<md::SpotPrice> spots{};
    std::vector<std::string> accounts{};
};

} // namespace omen::sandbox
