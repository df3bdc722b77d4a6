#include "sandbox/money/funding.hpp"
#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

#include <chrono>

namespace omen::funding_test {

using namespace omen::sandbox;
using namespace std::chrono_literals;

namespace {

const Decimal tiny = Decimal::from_units(1);

Decimal rate_of(Decimal mark, Decimal index) {
    FundingRate rate;
    rate.add(mark, index, 1ms);
    return rate.value();
}

/// Funding every ten seconds, the clock started at such an end. Alice is long 2 and bob short 2; the mark price is 100.
struct FundingWorld : World {
    FundingWorld() : World({.funding_interval = 10s}) {
        sell(bob, 100_d, 2_d);
        buy(alice, 100_d, 2_d);
        exchange.advance(now);
        forget_events();
    }
    Timestamp after(Milliseconds time) const { return {now.ms + time.count()}; }
    Decimal funding(const std::string& wallet) const { return exchange.pnl(wallet).funding.value(); }
    Decimal rate_at(Timestamp when) const { return exchange.funding(btc, when)->funding_rate.value(); }
};

} // namespace

// ---- the rate

TEST_CASE("the funding rate is the average premium over time") {
    FundingRate rate;
    CHECK(rate.value() == 0_d);
    rate.add(100.1_d, 100_d, 1s);
    CHECK(rate.value() == 0.001_d);
    rate.add(100.3_d, 100_d, 3s);
    CHECK(rate.value() == 0.0025_d);
    rate.add(200_d, 100_d, -1s);
    CHECK(rate.value() == 0.0025_d);
}

TEST_CASE("the funding rate is at most 0.75 % to either side") {
    CHECK(rate_of(100.75_d, 100_d) == 0.0075_d);
    CHECK(rate_of(100.76_d, 100_d) == 0.0075_d);
    CHECK(rate_of(99_d, 100_d) == -0.0075_d);
}

TEST_CASE("one sample counts at most 100 %, whatever the prices") {
    FundingRate rate;
    rate.add(100000000000000000000_d, tiny, 1ms);
    rate.add(1_d, 1_d, 999ms);
    CHECK(rate.value() == 0.001_d);
}

TEST_CASE("the funding rate is cut to ten places") {
    CHECK(rate_of(3001_d, 3000_d) == 0.0003333333_d);
    CHECK(rate_of(2999_d, 3000_d) == -0.0003333333_d);
}

TEST_CASE("longs pay a positive rate and shorts a negative one") {
    CHECK(funding_payment(2_d, 100_d, 0.005_d) == -1_d);
    CHECK(funding_payment(-2_d, 100_d, 0.005_d) == 1_d);
    CHECK(funding_payment(2_d, 100_d, -0.005_d) == 1_d);
    CHECK(funding_payment(-2_d, 100_d, -0.005_d) == -1_d);
    CHECK(funding_payment(0_d, 100_d, 0.005_d) == 0_d);
    CHECK(funding_payment(-2_d, 100_d, 0_d) == 0_d);
}

TEST_CASE("a funding payment is rounded against the wallet") {
    CHECK(funding_payment(tiny, 1_d, 0.005_d) == -tiny);
    CHECK(funding_payment(-tiny, 1_d, 0.005_d) == 0_d);
}

TEST_CASE("intervals end at their multiples since the epoch") {
    CHECK(next_funding_after({0}, 1h).ms == 3'600'000);
    CHECK(next_funding_after({3'599'999}, 1h).ms == 3'600'000);
    CHECK(next_funding_after({3'600'000}, 1h).ms == 7'200'000);
}

// ---- the payment

TEST_CASE("at the interval's end longs pay shorts size times mark times rate") {
    FundingWorld world;
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(9'999ms));
    CHECK(world.funding(alice) == 0_d);
    const auto before = world.exchange.balance(alice).total;
    world.exchange.advance(world.after(10s));
    CHECK(world.funding(alice) == -1.5_d); // 2 × 100 × 0.0075
    CHECK(world.funding(bob) == 1.5_d);
    CHECK(world.exchange.balance(alice).total == *before - 1.5_d);
    CHECK(world.accounts == std::vector{alice, bob});
}

TEST_CASE("below the index shorts pay longs") {
    FundingWorld world;
    world.exchange.set_index(btc, 125_d, world.now);
    world.exchange.advance(world.after(10s));
    CHECK(world.funding(alice) == 1.5_d);
    CHECK(world.funding(bob) == -1.5_d);
}

TEST_CASE("funding is neither realised nor unrealised PnL nor a fee") {
    FundingWorld world;
    const auto before = world.exchange.pnl(alice);
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(10s));
    const auto pnl = world.exchange.pnl(alice);
    CHECK((pnl.realized == before.realized && pnl.unrealized == before.unrealized && pnl.fees == before.fees));
}

TEST_CASE("who has no position pays nothing and hears nothing") {
    FundingWorld world;
    const std::string carol = "0xCAFE";
    world.exchange.fund(carol, 100_d);
    world.buy(carol, 90_d, 1_d);
    world.forget_events();
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(10s));
    CHECK(world.exchange.balance(carol).total == 100_d);
    CHECK(world.accounts == std::vector{alice, bob});
}

TEST_CASE("without a premium nothing is paid") {
    FundingWorld world;
    world.exchange.advance(world.after(10s));
    CHECK(world.funding(alice) == 0_d);
    CHECK(world.accounts.empty());
}

TEST_CASE("the rate that is published for the interval's end is the rate that is paid") {
    FundingWorld world;
    world.exchange.set_index(btc, 99.7_d, world.now);
    world.exchange.advance(world.after(3s));
    world.exchange.set_index(btc, 100.1_d, world.now);
    const auto published = world.rate_at(world.after(10s));
    world.exchange.advance(world.after(10s));
    REQUIRE(world.fundings.size() == 1); // the second market has no price
    CHECK(world.fundings[0].funding_rate == published);
    CHECK(world.fundings[0].timestamp == world.after(10s));
    CHECK(world.fundings[0].next_funding_at == world.after(10s));
    CHECK(world.funding(alice) == funding_payment(2_d, 100_d, published));
}

TEST_CASE("the rate averages the premiums since the interval began and begins anew with the next") {
    FundingWorld world;
    world.exchange.advance(world.after(5s)); // no premium so far
    world.exchange.set_index(btc, 99.5_d, world.now);
    CHECK(world.rate_at(world.after(5s)) == 0_d);
    CHECK(world.rate_at(world.after(10s)) == 0.0025125628_d); // half of 0.5 / 99.5
    CHECK(world.rate_at(world.after(15s)) == 0.0025125628_d); // nothing counts beyond the end
    world.exchange.advance(world.after(10s));
    CHECK(world.rate_at(world.after(10s)) == 0_d);
    CHECK(world.rate_at(world.after(11s)) == 0.0050251256_d);
}

TEST_CASE("several intervals that end at once are paid one by one") {
    FundingWorld world;
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(35s));
    CHECK(world.funding(alice) == -4.5_d);
    REQUIRE(world.fundings.size() == 3);
    CHECK(world.fundings[2].timestamp == world.after(30s));
    CHECK(world.exchange.ticker(btc, world.after(35s))->next_funding_at == world.after(40s));
}

TEST_CASE("an interval is paid once, even when the clock goes back") {
    FundingWorld world;
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(10s));
    world.exchange.advance(world.after(-20s));
    world.exchange.advance(world.after(10s));
    CHECK(world.funding(alice) == -1.5_d);
}

TEST_CASE("who opens a position just behind an interval's end does not pay for the interval, who closes one does") {
    FundingWorld world;
    world.exchange.set_index(btc, 80_d, world.now);
    const std::string carol = "0xCAFE";
    world.exchange.fund(carol, 1000_d);
    world.now = world.after(10s);
    world.now.ms += 3;
    world.place(carol, world.market(Side::buy, 1_d));
    world.place(alice, world.market(Side::sell, 2_d));
    CHECK(world.exchange.pnl(carol).funding == 0_d);
    CHECK(world.funding(alice) == -1.5_d);
}

TEST_CASE("a funding payment is an event of the drop-copy, with its market, amount and rate") {
    FundingWorld world;
    world.forget_events();
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.advance(world.after(10s));
    REQUIRE(world.executions.size() == 2);
    const auto& paid = world.executions[0];
    CHECK((paid.event == ExecutionEvent::funding && paid.wallet == alice && paid.market_id == btc));
    CHECK((paid.amount == -1.5_d && paid.rate == 0.0075_d && paid.timestamp == world.after(10s)));
    CHECK_FALSE(paid.order);
    CHECK(world.executions[1].amount == 1.5_d);
    CHECK(world.exchange.replay(alice, paid.sequence).front().event == ExecutionEvent::funding);
}

TEST_CASE("what longs pay is at least what shorts receive") {
    FundingWorld world;
    world.exchange.set_index(btc, 99.7_d, world.now);
    for (int i = 1; i <= 7; ++i) world.exchange.advance(world.after(i * 10s));
    const auto kept = -(world.funding(alice) + world.funding(bob));
    CHECK((!kept.is_negative() && kept < Decimal::from_units(100)));
    CHECK(world.funding(bob).is_positive());
}

TEST_CASE("everybody is told the same funding terms") {
    FundingWorld world;
    world.exchange.set_index(btc, 99.9_d, world.now);
    const auto when = world.after(4s);
    const auto ticker = *world.exchange.ticker(btc, when);
    const auto funding = *world.exchange.funding(btc, when);
    CHECK((ticker.funding_rate == 0.001001001_d && funding.funding_rate == ticker.funding_rate));
    CHECK((ticker.next_funding_at == world.after(10s) && funding.next_funding_at == world.after(10s)));
    CHECK((ticker.index_price == 99.9_d && funding.index_price == 99.9_d));
    CHECK(world.exchange.spot(btc, when)->price == 99.9_d);
    CHECK((ticker.mark_price == 100_d && funding.mark_price == 100_d));
}

// ---- the mark price

TEST_CASE("the mark price is the median of the middle of the book, the last trade and the index") {
    World world; // 99 | 101
    const auto mark = [&] { return world.exchange.ticker(btc, world.now)->mark_price; };
    world.exchange.recorded_trade({btc, TradeId{"x"}, world.now, 103_d, 1_d, Side::buy});
    CHECK(mark() == 100_d);
    world.exchange.set_index(btc, 102_d, world.now);
    CHECK(mark() == 102_d);
    world.exchange.set_index(btc, 250_d, world.now);
    CHECK(mark() == 103_d);
    world.exchange.set_index(btc, 1_d, world.now);
    CHECK(mark() == 100_d);
}

TEST_CASE("an index price that is not positive is none") {
    World world;
    world.exchange.set_index(btc, 80_d, world.now);
    world.exchange.set_index(btc, 0_d, world.now);
    CHECK(world.exchange.ticker(btc, world.now)->index_price == 100_d);
}

TEST_CASE("a market with nothing but an index is marked at it") {
    World world;
    world.exchange.set_index(eth, 42_d, world.now);
    CHECK(world.exchange.ticker(eth, world.now)->mark_price == 42_d);
}

} // namespace omen::funding_test
