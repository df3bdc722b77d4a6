// A profile's limits: what an order comes to, and which orders are refused for it.

#include "client/markets/gate.hpp"
#include "support/catch.hpp"

namespace omen::gate_test {

using namespace omen::literals;

namespace {

const std::string origin = "profile paper (config.toml:7)";
const std::vector<Level> asks{{100_d, 1_d}, {110_d, 2_d}};
const std::vector<Level> bids{{90_d, 1_d}, {80_d, 2_d}};

Market eth() {
    rest::MarketResponse details;
    details.market_id = MarketId(2);
    details.symbol = "ETH-PERP";
    return {details.market_id, details};
}

gw::Order order(Side side, Decimal size, std::optional<Decimal> price = {}) {
    gw::Order order;
    order.market_id = MarketId(2);
    order.side = side;
    order.order_type = price ? OrderType::limit : OrderType::market;
    order.price = price;
    order.size = size;
    return order;
}

gw::Order post_only(gw::Order order) {
    order.post_only = true;
    return order;
}

/// The code of the refusal; empty when there is none.
std::string refused(const Limits& limits, const gw::Order& order, std::span<const Level> opposite = {}) {
    Markets markets([] { return Markets::List{*eth().details}; });
    const auto error = Gate(limits, markets).refusal(order, opposite);
    if (!error) return "";
    CHECK(error->fault() == Fault::refused_locally);
    CHECK_THAT(error->what(), Catch::StartsWith("ETH-PERP: "));
    CHECK_THAT(error->detail().hint, Catch::Contains(origin));
    return error->detail().code;
}

Limits allowing(std::vector<std::string> markets) {
    return {.allowed_markets = Setting<std::vector<std::string>>{std::move(markets), origin}};
}

} // namespace

TEST_CASE("without limits everything passes") {
    CHECK_FALSE(Limits{}.any());
    CHECK(refused({}, order(Side::buy, 1000000_d, 1000000_d)).empty());
}

TEST_CASE("a market is allowed by its symbol in any case, or by its id") {
    const auto some = order(Side::buy, 1_d, 1_d);
    CHECK(refused(allowing({"BTC-PERP", "eth-perp"}), some).empty());
    CHECK(refused(allowing({"2"}), some).empty());
    CHECK(refused(allowing({"BTC-PERP", "1"}), some) == "market_not_allowed");
    CHECK(refused(allowing({}), some) == "market_not_allowed");
}

TEST_CASE("an order may be as large as the limit, and no larger") {
    const Limits limits{.max_order_size = Setting<Decimal>{10_d, origin}};
    CHECK(refused(limits, order(Side::buy, 10_d, 1_d)).empty());
    CHECK(refused(limits, order(Side::buy, 10.000000000000000001_d, 1_d)) == "max_order_size");
}

TEST_CASE("an order may come to as much as the limit, and no more; a broken product is rounded up") {
    const Limits limits{.max_order_notional = Setting<Decimal>{1000_d, origin}};
    CHECK(refused(limits, order(Side::buy, 10_d, 100_d)).empty());
    CHECK(refused(limits, order(Side::buy, 10.000000000000000001_d, 100.1_d)) == "max_order_notional");
    const Limits tiny{.max_order_notional = Setting<Decimal>{0.000000000000000001_d, origin}};
    CHECK(refused(tiny, order(Side::buy, 0.000000001_d, 0.0000000011_d)) == "max_order_notional");
}

TEST_CASE("what is beyond all numbers is over the limit") {
    const Limits limits{.max_order_notional = Setting<Decimal>{1000_d, origin}};
    CHECK(refused(limits, order(Side::buy, 100000000000000000000_d, 100_d)) == "max_order_notional");
}

TEST_CASE("a market order comes to what it meets, and the rest to the last level's price") {
    CHECK(notional_of(order(Side::buy, 1_d), asks) == 100_d);
    CHECK(notional_of(order(Side::buy, 2_d), asks) == 210_d);
    CHECK(notional_of(order(Side::buy, 5_d), asks) == 540_d);
    CHECK(notional_of(order(Side::sell, 2_d), bids) == 170_d);
    CHECK_FALSE(notional_of(order(Side::buy, 1_d), {}));
}

TEST_CASE("a market order is refused when there is nothing to tell what it comes to") {
    const Limits limits{.max_order_notional = Setting<Decimal>{1000_d, origin}};
    CHECK(refused(limits, order(Side::buy, 1_d), {}) == "max_order_notional");
    CHECK(refused(limits, order(Side::buy, 1_d), asks).empty());
}

TEST_CASE("a sell under the best bid comes to more than its own price says") {
    CHECK(notional_of(order(Side::sell, 1_d, 1_d), bids) == 90_d);
    CHECK(notional_of(order(Side::sell, 2_d, 85_d), bids) == 175_d);
    CHECK(notional_of(order(Side::sell, 2_d, 95_d), bids) == 190_d);
}

TEST_CASE("the book is needed only where an order's price does not bound what it comes to") {
    Markets markets([] { return Markets::List{*eth().details}; });
    const Gate gate({.max_order_notional = Setting<Decimal>{1000_d, origin}}, markets);
    CHECK(gate.needs_book(order(Side::buy, 1_d)));
    CHECK(gate.needs_book(order(Side::sell, 1_d, 1_d)));
    CHECK_FALSE(gate.needs_book(order(Side::buy, 1_d, 1_d)));
    CHECK_FALSE(gate.needs_book(post_only(order(Side::sell, 1_d, 1_d))));
    CHECK_FALSE(Gate(allowing({}), markets).needs_book(order(Side::buy, 1_d)));
}

TEST_CASE("the price of a market order bounds nothing") {
    auto with_price = order(Side::buy, 2_d, 1_d);
    with_price.order_type = OrderType::market;
    CHECK(may_improve(with_price));
    CHECK(notional_of(with_price, asks) == 210_d);
}

TEST_CASE("what is not above 0 is no order that limits can judge") {
    Markets markets([] { return Markets::List{*eth().details}; });
    const Gate gate({.max_order_size = Setting<Decimal>{10_d, origin}}, markets);
    for (const auto& odd : {order(Side::buy, -50_d, 1_d), order(Side::buy, 0_d, 1_d), order(Side::buy, 1_d, -1_d)})
        CHECK(gate.refusal(odd)->fault() == Fault::refused_locally);
}

} // namespace omen::gate_test
