#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

namespace omen::exchange_margin_test {

using namespace omen::sandbox;

namespace {

gw::Order reduce_only(gw::Order order) {
    order.reduce_only = true;
    return order;
}

gw::Order ioc(gw::Order order) {
    order.time_in_force = TimeInForce::ioc;
    return order;
}

} // namespace

// ---- money

TEST_CASE("an order beyond the margin is refused with the numbers") {
    World world;
    CHECK(world.buy(alice, 99_d, 500_d).status == OrderStatus::open); // 4,950 of margin
    const auto answer = world.exchange.order(alice, world.limit(Side::buy, 99_d, 600_d), world.now);
    CHECK(std::get<gw::OrderRejected>(answer).code == "insufficient_margin");
    CHECK(std::get<gw::OrderRejected>(answer).message == "it needs 5969.7 for margin and fee, 5050 is available");
}

TEST_CASE("the margin must leave room for the taker's fee") {
    World world;
    world.exchange.fund("0xCAFE", 10_d);
    CHECK(world.refusal("0xCAFE", world.limit(Side::buy, 100_d, 1_d)) == "insufficient_margin");
    world.exchange.fund("0xCAFE", 0.05_d);
    CHECK(world.buy("0xCAFE", 100_d, 1_d).status == OrderStatus::open);
}

TEST_CASE("a value beyond every range is insufficient margin, too") {
    World world;
    CHECK(world.refusal(alice, world.limit(Side::buy, 100000000000_d, 100000000000_d)) == "insufficient_margin");
}

TEST_CASE("a market order is checked at the cost of its sweep") {
    World world;
    world.exchange.fund("0xCAFE", 150_d);
    CHECK(world.refusal("0xCAFE", world.market(Side::buy, 20_d)) == "insufficient_margin"); // 2,030 × 0.1
    CHECK(world.place("0xCAFE", world.market(Side::buy, 10_d)).filled_size == 10_d);
}

TEST_CASE("a wallet without funds can't trade, but may close what it has") {
    World world;
    world.exchange.fund("0xCAFE", 112_d);
    world.place("0xCAFE", world.market(Side::buy, 10_d));
    CHECK(world.refusal("0xCAFE", world.limit(Side::buy, 99_d, 10_d)) == "insufficient_margin");
    CHECK(world.place("0xCAFE", world.market(Side::sell, 10_d)).status == OrderStatus::filled);
    CHECK(world.refusal("0xD06", world.limit(Side::buy, 99_d, 1_d)) == "insufficient_margin");
}

TEST_CASE("a cancelled order frees its margin") {
    World world;
    world.buy(alice, 90_d, 100_d);
    CHECK(world.exchange.balance(alice).margin_used == 900_d);
    CHECK(world.exchange.balance(alice).available == 9100_d);
    world.exchange.cancel_all(alice, {.id = 1, .market_id = {}}, world.now);
    CHECK(world.exchange.balance(alice).margin_used == 0_d);
}

TEST_CASE("balance, positions and pnl follow a round trip") {
    World world;
    world.buy(alice, 101_d, 10_d); // fee 0.505
    const auto position = world.exchange.positions(alice).positions.at(0);
    CHECK((position.side == PositionSide::long_ && position.size == 10_d && position.entry_price == 101_d));
    CHECK(position.mark_price == 100.5_d); // between 99 and 102
    CHECK(position.unrealized_pnl == -5_d);
    CHECK(position.margin == 100.5_d);
    CHECK(world.exchange.balance(alice).total == 9999.495_d);

    world.sell(alice, 99_d, 10_d); // fee 0.495
    CHECK(world.exchange.positions(alice).positions.empty());
    const auto pnl = world.exchange.pnl(alice);
    CHECK((pnl.realized == -20_d && pnl.fees == 1_d && pnl.unrealized == 0_d && pnl.funding == 0_d));
    CHECK(world.exchange.balance(alice).total == 9979_d);
}

TEST_CASE("a wallet that nobody has named has nothing") {
    const World world;
    CHECK(world.exchange.balance("0xNEW").total == 0_d);
    CHECK(world.exchange.positions("0xNEW").positions.empty());
    CHECK(world.exchange.last_sequence("0xNEW") == 0);
    CHECK(world.exchange.oldest_sequence("0xNEW") == 1);
}

// ---- what an order would lose

namespace {

/// In the second market the house shows these books, and the index is this.
void set_up(World& world, World::Levels bids, World::Levels asks, Decimal index) {
    world.exchange.set_index(eth, index, world.now);
    world.exchange.replace_house_book(eth, bids, asks, world.now);
}

gw::Order in_eth(gw::Order order) {
    order.market_id = eth;
    return order;
}

} // namespace

TEST_CASE("a market order is charged at least as the same limit order") {
    World world;
    world.exchange.fund("0xCAFE", 45_d);
    set_up(world, {{500_d, 10_d}}, {{1500_d, 10_d}}, 1000_d);
    for (const auto& order : {world.market(Side::sell, 0.2_d), ioc(world.limit(Side::sell, 500_d, 0.2_d))}) {
        const auto answer = world.exchange.order("0xCAFE", in_eth(order), world.now);
        // 100 below the mark, a tenth of 200, and a fee of 0.05
        CHECK(std::get<gw::OrderRejected>(answer).message == "it needs 120.05 for margin and fee, 45 is available");
    }
    world.exchange.fund("0xCAFE", 75.05_d);
    CHECK(world.place("0xCAFE", in_eth(world.market(Side::sell, 0.2_d))).status == OrderStatus::filled);
}

TEST_CASE("an order that would leave less than the initial margin behind its fill is refused") {
    World world;
    set_up(world, {{990_d, 10_d}}, {{40000_d, 1000_d}}, 1000_d);
    world.exchange.fund(alice, 990000_d);
    CHECK(world.refusal(alice, in_eth(world.limit(Side::buy, 40000_d, 300_d))) == "insufficient_margin");
    CHECK(world.refusal(alice, in_eth(world.market(Side::buy, 300_d))) == "insufficient_margin");
    CHECK(world.exchange.bad_debt().total_bad_debt == 0_d);
}

TEST_CASE("so is one that would rest where its fill would") {
    World world;
    set_up(world, {}, {}, 1000_d);
    CHECK(world.refusal(alice, in_eth(world.limit(Side::buy, 40000_d, 1_d))) == "insufficient_margin");
    CHECK(world.place(alice, in_eth(world.limit(Side::buy, 1000_d, 1_d))).status == OrderStatus::open);
}

TEST_CASE("what a fill below the mark price gains pays for no margin while it has not happened") {
    World world;
    world.exchange.fund("0xCAFE", 4_d);
    CHECK(world.refusal("0xCAFE", world.limit(Side::buy, 50_d, 1_d)) == "insufficient_margin");
}

TEST_CASE("with nothing available only what reduces a position passes") {
    World world;
    world.exchange.fund("0xCAFE", 120_d);
    world.buy("0xCAFE", 101_d, 10_d);
    world.exchange.fund("0xCAFE", -(20_d));
    REQUIRE(world.exchange.balance("0xCAFE").available->is_negative());
    CHECK(world.refusal("0xCAFE", world.limit(Side::buy, 90_d, 0.2_d)) == "insufficient_margin");
    CHECK(world.refusal("0xCAFE", world.limit(Side::sell, 99_d, 20_d)) == "insufficient_margin"); // a flip
    CHECK(world.sell("0xCAFE", 120_d, 10_d).status == OrderStatus::open);
    CHECK(world.refusal("0xCAFE", world.limit(Side::sell, 120_d, 0.2_d)) == "insufficient_margin");
}

TEST_CASE("with nothing available an order can still be amended to less") {
    World world;
    world.exchange.fund("0xCAFE", 100_d);
    const auto order = world.buy("0xCAFE", 90_d, 10_d);
    world.exchange.fund("0xCAFE", -(50_d));
    const auto amend = [&](std::optional<Decimal> price, std::optional<Decimal> size) {
        return world.exchange.amend("0xCAFE", {.order_id = order.order_id, .price = price, .size = size}, world.now);
    };
    CHECK(std::holds_alternative<gw::AmendAccepted>(amend(89_d, {})));
    CHECK(std::holds_alternative<gw::AmendAccepted>(amend({}, 9_d)));
    CHECK(std::get<gw::AmendRejected>(amend(90_d, {})).code == "insufficient_margin");
}

TEST_CASE("an amendment to less that would fill at once needs its margin") {
    World world;
    world.exchange.fund("0xCAFE", 100_d);
    const auto order = world.sell("0xCAFE", 110_d, 9_d);
    world.exchange.fund("0xCAFE", -(50_d));
    const auto answer =
        world.exchange.amend("0xCAFE", {.order_id = order.order_id, .price = 99_d, .size = 9_d}, world.now);
    CHECK(std::get<gw::AmendRejected>(answer).code == "insufficient_margin");
    CHECK(world.position("0xCAFE") == 0_d);
}

TEST_CASE("the leverage of a position is its value over the wallet's equity") {
    World world;
    world.buy(alice, 101_d, 10_d); // at 100.5; 9,994.495 are left
    CHECK(world.exchange.positions(alice).positions.at(0).leverage ==
          divide(1005_d, 9994.495_d, Rounding::away_from_zero));
}

// ---- reduce-only

TEST_CASE("a reduce-only order needs a position on the other side") {
    World world;
    CHECK(world.refusal(alice, reduce_only(world.market(Side::sell, 1_d))) == "reduce_only");
    world.buy(alice, 101_d, 1_d);
    CHECK(world.refusal(alice, reduce_only(world.market(Side::buy, 1_d))) == "reduce_only");
    CHECK(world.place(alice, reduce_only(world.market(Side::sell, 1_d))).status == OrderStatus::filled);
}

TEST_CASE("a reduce-only order that can't rest is cut to the position") {
    World world;
    world.buy(alice, 101_d, 2_d);
    const auto answer = world.place(alice, reduce_only(ioc(world.limit(Side::sell, 99_d, 5_d))));
    CHECK((answer.status == OrderStatus::filled && answer.filled_size == 2_d && answer.size == 2_d));
    CHECK(world.executions.back().order->size == 2_d);
    CHECK(world.position(alice) == 0_d);
}

TEST_CASE("resting reduce-only orders together may not exceed the position") {
    World world;
    world.buy(alice, 101_d, 5_d);
    CHECK(world.refusal(alice, reduce_only(world.limit(Side::sell, 110_d, 6_d))) == "reduce_only");
    world.place(alice, reduce_only(world.limit(Side::sell, 110_d, 3_d)));
    CHECK(world.refusal(alice, reduce_only(world.limit(Side::sell, 111_d, 3_d))) == "reduce_only");
    CHECK(world.place(alice, reduce_only(world.limit(Side::sell, 111_d, 2_d))).status == OrderStatus::open);
}

TEST_CASE("resting reduce-only orders that the position no longer covers are cancelled, the newest first") {
    World world;
    world.buy(alice, 101_d, 5_d);
    const auto older = world.place(alice, reduce_only(world.limit(Side::sell, 110_d, 3_d)));
    const auto newer = world.place(alice, reduce_only(world.limit(Side::sell, 111_d, 2_d)));
    world.sell(alice, 99_d, 1_d);
    CHECK(world.executions.back().order->order_id == newer.order_id);
    CHECK(world.executions.back().event == ExecutionEvent::cancelled);
    CHECK(world.executions.back().reason == "reduce_only");
    world.sell(alice, 99_d, 4_d);
    CHECK(world.executions.back().order->order_id == older.order_id);
    CHECK(world.exchange.orders(alice).orders.empty());
}

TEST_CASE("a reduce-only order needs no margin") {
    World world;
    world.buy(alice, 101_d, 5_d);
    world.sell(alice, 110_d, 9_d);
    const auto before = world.exchange.balance(alice).margin_used;
    world.place(alice, reduce_only(world.limit(Side::sell, 110_d, 5_d)));
    CHECK(world.exchange.balance(alice).margin_used == before);
}

// ---- reduce-only: a sweep that takes the wallet's other orders, too

namespace {

/// Alice is long 5, offers 3 of it at 100, and all of it reduce-only at 100.5: the best of the book.
struct TwiceOffered : World {
    gw::OrderAccepted reducing{};

    TwiceOffered() {
        buy(alice, 101_d, 5_d);
        sell(alice, 100_d, 3_d);
        reducing = place(alice, reduce_only(limit(Side::sell, 100.5_d, 5_d)));
        forget_events();
    }
};

} // namespace

TEST_CASE("a taker that sweeps a wallet's other order first gets of its reduce-only order what is left to reduce") {
    TwiceOffered world;
    const auto taken = world.buy(bob, 100.5_d, 8_d);
    CHECK(taken.filled_size == 5_d);
    CHECK(world.position(alice) == 0_d);
    using enum ExecutionEvent;
    CHECK(world.events_of(alice) == std::vector{filled, filled, cancelled});
    CHECK(world.executions.back().order->order_id == world.reducing.order_id);
    CHECK(world.executions.back().order->filled_size == 2_d);
    CHECK(world.exchange.orders(alice).orders.empty());
    CHECK(world.exchange.orderbook(btc)->bids.front() == Level{100.5_d, 3_d});
    CHECK(world.exchange.orderbook(btc)->asks.front().price == 101_d);
}

TEST_CASE("a reduce-only order of which nothing is left to reduce is cancelled, not filled") {
    TwiceOffered world;
    world.sell(alice, 99.5_d, 2_d);
    const auto taken = world.buy(bob, 100.5_d, 8_d);
    CHECK(taken.filled_size == 5_d);
    CHECK(world.position(alice) == 0_d);
    CHECK(world.executions.back().order->filled_size == 0_d);
}

TEST_CASE("fill-or-kill does not count on what a reduce-only order can't give") {
    TwiceOffered world;
    auto order = world.limit(Side::buy, 100.5_d, 8_d);
    order.time_in_force = TimeInForce::fok;
    CHECK(world.refusal(bob, order) == "would_not_fill");
    order = world.limit(Side::buy, 100.5_d, 5_d);
    order.time_in_force = TimeInForce::fok;
    CHECK(world.place(bob, order).status == OrderStatus::filled);
    CHECK(world.position(alice) == 0_d);
}

TEST_CASE("a recorded delta that crosses both does not flip the position either") {
    TwiceOffered world;
    world.exchange.set_house_levels(btc, World::Levels{{100.5_d, 9_d}}, {}, world.now);
    CHECK(world.position(alice) == 0_d);
    CHECK(world.exchange.orders(alice).orders.empty());
    CHECK(world.exchange.orderbook(btc)->bids.front() == Level{100.5_d, 4_d});
}

} // namespace omen::exchange_margin_test
