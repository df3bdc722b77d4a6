#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

#include <set>

namespace omen::liquidation_test {

using namespace omen::sandbox;

using Levels = std::vector<Level>;
using enum ExecutionEvent;

namespace {

const std::string carol = "0xCAFE";
const Decimal tiny = Decimal::from_units(1);

/// Carol has bought 10 at 101; of her 110, 109.495 is left after the fee, since 10 more were taken out. Her equity
/// meets the maintenance margin (5 %) at a mark price of 94.79.
struct Danger : World {
    Danger() {
        exchange.fund(carol, 120_d);
        buy(carol, 101_d, 10_d);
        exchange.fund(carol, -(10_d));
        forget_events();
    }
    /// The house now shows this much, one level a side; the mark price is the middle.
    void move(Decimal bid, Decimal ask, Decimal size = 100_d, const MarketId& market = btc) {
        exchange.replace_house_book(market, Levels{{bid, size}}, Levels{{ask, size}}, now);
    }
    Decimal balance(const std::string& wallet) const { return exchange.balance(wallet).total.value(); }
    Decimal debt() const { return exchange.bad_debt().total_bad_debt.value(); }
};

} // namespace

// ---- when

TEST_CASE("a wallet whose equity is just its maintenance margin is left alone") {
    Danger world;
    world.move(94.78_d, 94.8_d);
    CHECK(world.exchange.positions(carol).positions.at(0).mark_price == 94.79_d);
    CHECK(world.position(carol) == 10_d);
    CHECK(world.executions.empty());
}

TEST_CASE("one unit below its maintenance margin a wallet is liquidated") {
    Danger world;
    world.move(94.78_d - tiny, 94.8_d - tiny);
    CHECK(world.position(carol) == 0_d);
}

TEST_CASE("a short is liquidated when the price rises") {
    World world;
    world.exchange.fund(carol, 120_d);
    world.sell(carol, 99_d, 10_d);
    world.exchange.fund(carol, -(10_d));
    world.exchange.replace_house_book(btc, Levels{{108_d, 10_d}}, Levels{{109_d, 10_d}}, world.now);
    CHECK(world.position(carol) == 0_d);
    CHECK(world.executions.back().order->side == Side::buy);
}

TEST_CASE("an index far off, with book and trades where they were, liquidates nobody") {
    Danger world;
    world.exchange.set_index(btc, 1_d, world.now);
    CHECK(world.position(carol) == 10_d);
}

TEST_CASE("a funding payment can bring a wallet into danger") {
    Danger world;
    world.move(94.78_d, 94.8_d);
    world.exchange.set_index(btc, 94_d, world.now);
    world.exchange.advance(world.now);
    world.exchange.advance({world.now.ms + 3'600'000});
    CHECK(world.position(carol) == 0_d);
}

// ---- how

TEST_CASE("a liquidation cancels the wallet's orders, then closes its positions at market") {
    Danger world;
    world.buy(carol, 10_d, 1_d);
    world.forget_events();
    world.move(94_d, 95_d);
    CHECK(world.events_of(carol) == std::vector{cancelled, accepted, filled});
    const auto& closing = world.executions.back();
    CHECK(closing.order->client_order_id->value == "liquidation-1");
    for (const auto& execution : world.executions) CHECK(execution.reason == "liquidation");
    CHECK((closing.order->side == Side::sell && closing.order->time_in_force == TimeInForce::ioc));
    CHECK((closing.price == 94_d && closing.size == 10_d && closing.liquidity == Liquidity::taker));
    CHECK(world.exchange.orders(carol).orders.empty());
    CHECK(world.balance(carol) == 39.025_d); // 109.495 − 70 − the taker's fee of 0.47
    CHECK(world.debt() == 0_d);
}

TEST_CASE("a liquidation is published like any trade, and its book deltas go on without a hole") {
    Danger world;
    world.move(94_d, 95_d);
    REQUIRE(world.deltas.size() == 2);
    CHECK(world.deltas[1].sequence == world.deltas[0].sequence + 1);
    CHECK(world.deltas[1].bids == Levels{{94_d, 90_d}});
    CHECK((world.trades.size() == 1 && world.trades[0].side == Side::sell));
}

TEST_CASE("the drop-copy of a liquidated wallet is complete") {
    Danger world;
    world.move(94_d, 95_d);
    const auto replayed = world.exchange.replay(carol, 1);
    REQUIRE(replayed.size() == 4); // accepted and filled, twice
    for (std::size_t i = 0; i < replayed.size(); ++i) CHECK(replayed[i].sequence == i + 1);
    CHECK(replayed.back().trade_id == world.trades.back().trade_id);
}

TEST_CASE("a client order id that the wallet has used itself is not used again") {
    Danger world;
    auto order = world.limit(Side::buy, 10_d, 1_d);
    order.client_order_id = {"liquidation-1"};
    world.place(carol, order);
    world.move(94_d, 95_d);
    CHECK(world.executions.back().order->client_order_id->value == "liquidation-2");
}

TEST_CASE("other wallets stay as they are") {
    Danger world;
    world.buy(alice, 102_d, 1_d);
    world.buy(bob, 50_d, 1_d);
    const auto before = world.balance(alice);
    world.forget_events();
    world.move(94_d, 95_d);
    CHECK((world.position(alice) == 1_d && world.balance(alice) == before));
    CHECK(world.exchange.orders(bob).orders.size() == 1);
    CHECK(world.accounts == std::vector{carol});
}

TEST_CASE("a liquidation that moves the mark price can take the next wallet along") {
    Danger world;
    world.exchange.fund(bob, 10_d);
    world.exchange.replace_house_book(btc, Levels{{95_d, 5_d}, {60_d, 500_d}}, Levels{{95.5_d, 500_d}}, world.now);
    world.exchange.fund("0xD06", 100_d);
    world.buy("0xD06", 95.5_d, 10_d);
    CHECK(world.position(carol) == 10_d);
    world.exchange.set_house_levels(btc, Levels{{95_d, 0_d}, {94_d, 5_d}}, {}, world.now);
    CHECK(world.position(carol) == 0_d); // 5 at 94, 5 at 60: now the middle is 77.75
    CHECK(world.position("0xD06") == 0_d);
}

// ---- when the book can't take it all

TEST_CASE("what the book can't take is closed when it can") {
    Danger world;
    world.move(90_d, 92_d, 4_d);
    CHECK(world.position(carol) == 6_d);
    CHECK(world.events_of(carol) == std::vector{accepted, filled, cancelled});
    CHECK(world.balance(carol) == 65.315_d); // 109.495 − 44 − 0.18
    world.move(89_d, 92_d);
    CHECK(world.position(carol) == 0_d);
    CHECK(world.executions.rbegin()[1].order->client_order_id->value == "liquidation-2");
}

TEST_CASE("an empty book is waited for without an order") {
    Danger world;
    world.move(90_d, 92_d, 4_d);
    world.forget_events();
    world.exchange.set_house_levels(btc, {}, Levels{{92_d, 5_d}}, world.now);
    CHECK(world.executions.empty());
    world.exchange.set_house_levels(btc, Levels{{80_d, 100_d}}, {}, world.now);
    CHECK(world.position(carol) == 0_d);
}

TEST_CASE("a wallet that recovers meanwhile keeps what is left") {
    Danger world;
    world.move(90_d, 92_d, 4_d);
    world.move(100_d, 101_d);
    CHECK(world.position(carol) == 6_d);
    CHECK(world.debt() == 0_d);
}

// ---- bad debt

TEST_CASE("what a liquidated wallet lacks is bad debt of its market, and its balance is 0") {
    Danger world;
    world.move(90_d, 92_d, 4_d);
    CHECK(world.debt() == 0_d);
    world.move(89_d, 92_d);
    CHECK(world.balance(carol) == 0_d);
    const auto report = world.exchange.bad_debt();
    CHECK(report.total_bad_debt == 6.952_d); // 65.315 − 72 − 0.267
    CHECK(((*report.markets)[0].bad_debt == 6.952_d && (*report.markets)[1].bad_debt == 0_d));
    CHECK(report.insurance_fund == 0_d);
}

TEST_CASE("bad debt is booked once") {
    Danger world;
    world.move(80_d, 81_d);
    const auto debt = world.debt();
    CHECK(debt == 100.905_d); // 109.495 − 210 − 0.4
    world.move(70_d, 71_d);
    world.exchange.fund(carol, 10_d);
    world.move(60_d, 61_d);
    CHECK(world.debt() == debt);
    CHECK(world.balance(carol) == 10_d);
}

TEST_CASE("bad debt is booked when it arises, though a position is left that nobody closes") {
    Danger world;
    world.exchange.fund(carol, 20_d);
    world.move(40_d, 40.5_d, 100_d, eth);
    auto order = world.limit(Side::sell, 40_d, 2_d);
    order.market_id = eth;
    world.place(carol, order);
    world.exchange.replace_house_book(eth, {}, {}, world.now);
    world.forget_events();
    world.move(80_d, 81_d);
    CHECK(world.position(carol) == 0_d);
    CHECK(world.exchange.positions(carol).positions.size() == 1);
    CHECK(world.balance(carol) == 0_d);
    CHECK(world.debt() == 80.945_d); // 129.495 − 0.04 − 210 − 0.4
    CHECK(world.events_of(carol) == std::vector{accepted, filled, write_off});
    const auto& written_off = world.executions.back();
    CHECK((written_off.market_id == btc && written_off.amount == 80.945_d && !written_off.order));
}

TEST_CASE("what an open position has gained makes up for a negative balance") {
    Danger world;
    world.exchange.fund(carol, 20_d);
    world.move(40_d, 40.5_d, 100_d, eth);
    auto order = world.limit(Side::sell, 40_d, 2_d);
    order.market_id = eth;
    world.place(carol, order);
    world.exchange.replace_house_book(eth, {}, {}, world.now);
    world.exchange.recorded_trade(
        {.market_id = eth, .timestamp = world.now, .price = 1_d, .size = 1_d, .side = Side::sell}); // 78 are gained
    world.move(80_d, 81_d);
    CHECK(world.balance(carol) == -78_d);
    CHECK(world.debt() == 2.945_d);
}

TEST_CASE("who closes at a ruinous price leaves bad debt, too") {
    Danger world;
    world.exchange.replace_house_book(btc, Levels{{100_d, 0.2_d}, {50_d, 20_d}}, Levels{{101_d, 10_d}}, world.now);
    world.place(carol, world.market(Side::sell, 10_d));
    CHECK(world.balance(carol) == 0_d);
    CHECK(world.debt() == 390.76_d); // 109.495 − 0.2 × 1 − 9.8 × 51 − 0.255
}

// ---- amounts out of range

TEST_CASE("a wallet whose amounts leave the range is reported and holds up nobody else") {
    struct Listener : ExchangeListener {
        void on_failure(const std::string& what) override { failures.insert(what); }
        std::set<std::string> failures;
    } listener;
    auto free = test_market(btc, "BTC");
    free.initial_margin = free.maintenance_margin = free.taker_fee = 0_d;
    Exchange exchange({free}, {.funding_interval = std::chrono::seconds(10)});
    exchange.set_listener(&listener);
    const auto huge = Decimal::parse("10000000000000000000");
    const auto order = [&](Side side, Decimal price, Decimal size) {
        return gw::Order{.client_order_id = {"c"}, .market_id = btc, .side = side, .price = price, .size = size};
    };
    exchange.open_book(btc, 1, {}, Levels{{1_d, huge + 2_d}}, {0});
    exchange.order(alice, order(Side::buy, 1_d, huge), {0});
    exchange.order(bob, order(Side::buy, 1_d, 2_d), {0});

    exchange.advance({0});
    exchange.replace_house_book(btc, Levels{{99_d, 1_d}}, Levels{{101_d, 1_d}}, {0});
    exchange.set_index(btc, 125_d, {0});
    exchange.advance({10'000});
    CHECK(exchange.pnl(bob).funding == 1.5_d);
    CHECK(listener.failures == std::set{"wallet " + alice + ": out of range (at most about 1.7e20)"});
}

} // namespace omen::liquidation_test
