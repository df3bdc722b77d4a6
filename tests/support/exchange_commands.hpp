#pragma once

#include "support/sandbox_world.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace omen::sandbox {

/// Drives an exchange by commands that something draws: `draw(n)` is a number below n. Two wallets and the house, in a
/// market of a few prices, or in one whose tick and lot are the smallest there are, with amounts at the ends of the
/// range.
template <class Draw> class ExchangeCommands : public ExchangeListener {
  public:
    ExchangeCommands(Draw draw, bool at_the_ends)
        : draw_(std::move(draw)), at_the_ends_(at_the_ends), exchange_({first_market(), test_market(eth, "ETH")}) {
        exchange_.set_listener(this);
        for (const auto& wallet : {alice, bob}) exchange_.fund(wallet, at_the_ends_ ? 1000000_d : 100_d);
        const std::vector<Level> bids{{price(), size()}};
        exchange_.open_book(btc, 50, bids, {}, now_);
    }

    /// One command.
    void step() {
        switch (draw_(11)) {
        case 0:
            return replace_book();
        case 1:
            exchange_.cancel(wallet(), {.client_order_id = some_order()}, now_);
            return;
        case 2:
            return amend();
        case 3:
            now_.ms += static_cast<std::int64_t>(draw_(3'600'000));
            return exchange_.advance(now_);
        case 4:
            return exchange_.set_index(btc, price(), now_);
        case 5:
            return exchange_.set_house_levels(btc, levels(), {}, now_);
        case 6:
            return recorded_trade();
        case 7:
            exchange_.house_market_order(btc, side(), size(), now_);
            return;
        case 8:
            return fund();
        default:
            return place();
        }
    }

    const Exchange& exchange() const { return exchange_; }
    /// What does not hold now; empty in all experience.
    std::vector<std::string> faults() {
        auto faults = exchange_.audit().faults;
        const auto book = *exchange_.orderbook(btc);
        if (!book.bids.empty() && !book.asks.empty() && book.bids.front().price >= book.asks.front().price)
            faults.emplace_back("the book is crossed");
        for (const auto& wallet : {alice, bob}) {
            if (position(wallet) != positions_[wallet])
                faults.push_back(wallet + ": its position is not its fills' sum");
            for (const auto& order : exchange_.orders(wallet).orders)
                if (order.size <= order.filled_size)
                    faults.push_back(wallet + ": an open order has nothing left to fill");
        }
        faults.insert(faults.end(), seen_.begin(), seen_.end());
        return faults;
    }

    void on_execution(const gw::Execution& execution) override {
        if (execution.sequence != ++executed_[*execution.wallet]) seen_.emplace_back("the drop-copy has a hole");
        if (execution.event != ExecutionEvent::filled) return;
        auto& held = positions_[*execution.wallet];
        const auto before = held;
        held += execution.order->side == Side::buy ? *execution.size : -*execution.size;
        const bool reduces =
            held.is_zero() || (held.abs() < before.abs() && held.is_negative() == before.is_negative());
        if (execution.order->reduce_only == true && !reduces) seen_.emplace_back("a reduce-only fill did not reduce");
    }
    void on_book(const md::OrderbookDelta& delta) override {
        if (delta.sequence != ++sequence_) seen_.emplace_back("the book's sequences have a hole");
    }

  private:
    rest::MarketResponse first_market() const {
        auto market = test_market(btc, "BTC");
        if (!at_the_ends_) return market;
        market.tick_size = market.lot_size = market.min_size = Decimal::from_units(1);
        market.initial_margin = market.maintenance_margin = 0.000001_d;
        return market;
    }
    Decimal drawn(Decimal step, std::size_t from, std::size_t to) {
        return Decimal::from_units(step.units() * static_cast<std::int64_t>(from + draw_(to - from + 1)));
    }
    /// Near a power of ten, or near the largest of all.
    Decimal extreme() {
        auto units = Decimal::Units{1};
        for (auto places = draw_(39); places > 0; --places) units *= 10;
        const auto factor = static_cast<std::int64_t>(1 + draw_(units > Decimal::one * Decimal::one * 10 ? 1 : 16));
        return Decimal::from_units(units * factor + static_cast<std::int64_t>(draw_(3)));
    }
    Decimal price() { return at_the_ends_ ? extreme() : drawn(0.5_d, 180, 220); }
    Decimal size() { return at_the_ends_ ? extreme() : drawn(0.1_d, 0, 100); }
    Side side() { return draw_(2) == 0 ? Side::buy : Side::sell; }
    const std::string& wallet() { return draw_(2) == 0 ? alice : bob; }
    /// Bids below the house's asks: it never crosses itself.
    std::vector<Level> levels() {
        std::vector<Level> result;
        for (auto count = draw_(3); count > 0; --count)
            if (const auto at = price(); at < house_ask_) result.push_back({at, size()});
        return result;
    }
    ClientOrderId some_order() { return {"c" + std::to_string(1 + draw_(last_id_ + 1))}; }

    void place() {
        gw::Order order{.client_order_id = {"c" + std::to_string(++last_id_)},
                        .market_id = btc,
                        .side = side(),
                        .price = price(),
                        .size = size()};
        if (draw_(4) == 0) {
            order.order_type = OrderType::market;
            order.price.reset();
        }
        order.time_in_force = static_cast<TimeInForce>(draw_(3));
        order.post_only = draw_(8) == 0;
        order.reduce_only = draw_(2) == 0;
        exchange_.order(wallet(), order, now_);
    }
    void amend() {
        gw::Amend command{.client_order_id = some_order()};
        if (draw_(2) == 0) command.price = price();
        if (draw_(2) == 0) command.size = size();
        exchange_.amend(wallet(), command, now_);
    }
    void replace_book() {
        const auto one = price();
        const auto other = at_the_ends_ ? price() : one + drawn(0.5_d, 1, 9);
        const auto bid = std::min(one, other);
        const auto ask = std::max(one, other) + Decimal::from_units(one == other ? 1 : 0);
        house_ask_ = ask;
        exchange_.replace_house_book(btc, std::vector<Level>{{bid, size()}}, std::vector<Level>{{ask, size()}}, now_);
    }
    void recorded_trade() {
        exchange_.recorded_trade(
            {.market_id = btc, .timestamp = now_, .price = price(), .size = size(), .side = side()});
    }
    /// What can't be settled here has nobody to answer to: it is an error.
    void fund() {
        const auto amount = at_the_ends_ ? extreme() : drawn(1_d, 0, 100);
        try {
            exchange_.fund(wallet(), draw_(2) == 0 ? amount : -amount);
        } catch (const DecimalError&) {
            if (!at_the_ends_) throw;
        }
    }
    /// The signed size of a position in the first market.
    Decimal position(const std::string& wallet) const {
        for (const auto& held : exchange_.positions(wallet).positions)
            if (held.market_id == btc) return held.side == PositionSide::long_ ? held.size : -held.size;
        return {};
    }

    Draw draw_;
    bool at_the_ends_;
    Exchange exchange_;
    Decimal house_ask_ = 1000_d;
    Timestamp now_{1'700'000'000'000};
    std::uint64_t last_id_ = 0;
    std::uint64_t sequence_ = 50;
    std::map<std::string, Decimal> positions_{};
    std::map<std::string, std::uint64_t> executed_{};
    std::vector<std::string> seen_{};
};

} // namespace omen::sandbox
