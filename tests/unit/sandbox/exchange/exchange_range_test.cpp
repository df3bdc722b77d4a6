#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

#include <set>

namespace omen::exchange_range_test {

using namespace omen::sandbox;

namespace {

const auto tiny = Decimal::from_units(1);
const auto huge = Decimal::parse("90000000000000000000"); // 9e19: two of them are beyond the range

/// One market with the smallest tick and a lot of `lot`, in which the house shows nothing yet. Alice and Bob have a
/// million each.
struct Ends : ExchangeListener {
    explicit Ends(Decimal lot = 1_d) : exchange({listing(lot)}) {
        exchange.fund(alice, 1000000_d);
        exchange.fund(bob, 1000000_d);
        exchange.set_listener(this);
    }
    static rest::MarketResponse listing(Decimal lot) {
        auto market = test_market(btc, "BTC");
        market.tick_size = tiny;
        market.lot_size = market.min_size = lot;
        return market;
    }
    void on_failure(const std::string& what) override { failures.push_back(what); }
    void on_execution(const gw::Execution& execution) override { executions.push_back(execution); }

    void show(std::vector<Level> bids, std::vector<Level> asks) { exchange.replace_house_book(btc, bids, asks, {0}); }
    Exchange::OrderAnswer order(const std::string& owner, Side side, Decimal price, Decimal size,
                                TimeInForce time_in_force = TimeInForce::gtc) {
        return exchange.order(owner,
                              {.client_order_id = {"c" + std::to_string(++last)},
                               .market_id = btc,
                               .side = side,
                               .price = price,
                               .size = size,
                               .time_in_force = time_in_force},
                              {0});
    }
    std::string refusal(const Exchange::OrderAnswer& answer) {
        return std::get<gw::OrderRejected>(answer).code.value();
    }
    Decimal held(const std::string& owner) const {
        const auto positions = exchange.positions(owner).positions;
        return positions.empty() ? Decimal{} : positions[0].size;
    }

    Exchange exchange;
    std::uint64_t last = 0;
    std::vector<std::string> failures{};
    std::vector<gw::Execution> executions{};
};

} // namespace

TEST_CASE("an order that its level can't hold is refused and leaves no trace") {
    Ends world;
    world.show({{tiny, huge}}, {});
    CHECK(world.refusal(world.order(alice, Side::buy, tiny, huge)) == "insufficient_margin");
    CHECK(world.exchange.orders(alice).orders.empty());
    CHECK(world.exchange.orderbook(btc)->bids == std::vector{Level{tiny, huge}});
    CHECK(world.executions.back().event == ExecutionEvent::rejected);
    CHECK(world.exchange.audit().faults.empty());
}

TEST_CASE("an order whose fill would take a position out of the range is refused and prints no trade") {
    Ends world;
    world.show({}, {{tiny, huge}});
    CHECK(std::get<gw::OrderAccepted>(world.order(alice, Side::buy, tiny, huge)).status == OrderStatus::filled);
    world.show({}, {{tiny, huge}});
    for (const auto tif : {TimeInForce::gtc, TimeInForce::ioc, TimeInForce::fok})
        CHECK(world.refusal(world.order(alice, Side::buy, tiny, huge - 5_d, tif)) == "insufficient_margin");
    CHECK(world.held(alice) == huge);
    CHECK(world.exchange.trades(btc, 10)->size() == 1);
    CHECK(world.exchange.orders(alice).orders.empty());
    CHECK(world.exchange.audit().faults.empty());
}

TEST_CASE("an amendment that can't be settled leaves the order as it was") {
    Ends world;
    world.show({{tiny, huge}}, {});
    world.order(alice, Side::buy, tiny, 1_d);
    const auto answer = world.exchange.amend(alice, {.client_order_id = ClientOrderId{"c1"}, .size = huge}, {0});
    CHECK(std::get<gw::AmendRejected>(answer).code == "insufficient_margin");
    CHECK(world.exchange.orders(alice).orders.at(0).size == 1_d);
    CHECK(world.exchange.audit().faults.empty());
}

TEST_CASE("a maker is never made to hold more than can be said") {
    Ends world;
    world.show({}, {{tiny, huge}});
    world.order(alice, Side::buy, tiny, huge);
    CHECK(world.refusal(world.order(alice, Side::buy, tiny, huge - 5_d)) == "insufficient_margin");
    CHECK(std::get<gw::OrderAccepted>(world.order(alice, Side::sell, tiny, huge)).status == OrderStatus::open);
    CHECK(world.exchange.audit().faults.empty());
}

TEST_CASE("a house level that can't be shown is reported, and what else the delta has is shown") {
    Ends world;
    world.order(alice, Side::buy, tiny, huge);
    world.exchange.set_house_levels(btc, std::vector<Level>{{tiny, huge}}, std::vector<Level>{{2_d, 3_d}}, {0});
    CHECK(world.failures == std::vector<std::string>{"the house: out of range (at most about 1.7e20)"});
    CHECK(world.exchange.orderbook(btc)->bids == std::vector{Level{tiny, huge}});
    CHECK(world.exchange.orderbook(btc)->asks == std::vector{Level{2_d, 3_d}});
    CHECK(world.exchange.orderbook(btc)->sequence == 2);
}

TEST_CASE("the middle of a book at the end of the range is its middle") {
    Ends world;
    world.show({{huge, 1_d}}, {{huge + 2_d, 1_d}});
    CHECK(world.exchange.ticker(btc, {0})->mark_price == huge + 1_d);
}

TEST_CASE("a volume beyond the range is the most that can be said") {
    Ends world;
    for (int i = 0; i < 3; ++i)
        world.exchange.recorded_trade(
            {.market_id = btc, .timestamp = Timestamp{0}, .price = 1_d, .size = huge, .side = Side::buy});
    CHECK(world.exchange.ticker(btc, {0})->volume_24h > huge + 70000000000000000000_d);
    CHECK(world.exchange.candles(btc, {})->at(0).volume == world.exchange.ticker(btc, {0})->volume_24h);
}

TEST_CASE("a change that can't be said is absent, and the ticker is there") {
    Ends world;
    for (const auto price : {tiny, 1000_d})
        world.exchange.past_trade(
            {.market_id = btc, .timestamp = Timestamp{0}, .price = price, .size = 1_d, .side = Side::buy});
    const auto ticker = world.exchange.ticker(btc, {0});
    CHECK(ticker->last_price == 1000_d);
    CHECK_FALSE(ticker->change_24h);
}

TEST_CASE("of a position of dust only what can't be said is absent") {
    Ends world(tiny);
    const auto dust = Decimal::from_units(5000);
    world.show({{999_d, 1_d}}, {{1000_d, 1_d}});
    world.order(alice, Side::buy, 1000_d, dust);
    const auto positions = world.exchange.positions(alice).positions;
    REQUIRE(positions.size() == 1);
    CHECK(positions[0].size == dust);
    CHECK(positions[0].mark_price == 999.5_d);
    CHECK_FALSE(positions[0].liquidation_price);
    CHECK(std::get<gw::OrderAccepted>(world.order(alice, Side::sell, 999_d, dust)).status == OrderStatus::filled);
}

TEST_CASE("a wallet can't be given more than the exchange can count, and stays as it was") {
    Ends world;
    world.exchange.fund(alice, huge);
    CHECK_THROWS_AS(world.exchange.fund(bob, huge), DecimalError);
    CHECK(world.exchange.balance(bob).total == 1000000_d);
    CHECK(world.exchange.audit().faults.empty());
}

} // namespace omen::exchange_range_test
