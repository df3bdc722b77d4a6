#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

namespace omen::exchange_test {

using namespace omen::sandbox;

using Levels = std::vector<Level>;

// ---- books

TEST_CASE("a command makes one delta with the new totals, at the next sequence") {
    World world;
    world.buy(alice, 102_d, 15_d);
    REQUIRE(world.deltas.size() == 1);
    CHECK(world.deltas[0].sequence == 51);
    CHECK(world.deltas[0].bids.empty());
    CHECK(world.deltas[0].asks == Levels{{101_d, 0_d}, {102_d, 5_d}});
    world.buy(alice, 99_d, 1_d);
    CHECK(world.deltas[1].sequence == 52);
    CHECK(world.deltas[1].bids == Levels{{99_d, 11_d}});
}

TEST_CASE("a recorded delta is one published delta, even when nothing changed") {
    World world;
    world.exchange.set_house_levels(btc, Levels{{99_d, 10_d}, {97_d, 0_d}}, {}, world.now);
    REQUIRE(world.deltas.size() == 1);
    CHECK(world.deltas[0].sequence == 51);
    CHECK(world.deltas[0].bids == Levels{{99_d, 10_d}, {97_d, 0_d}});
}

TEST_CASE("a level shows what was recorded, less what users took, plus what users have resting") {
    World world;
    world.buy(alice, 101_d, 4_d);
    world.sell(bob, 101_d, 1_d);
    CHECK(world.exchange.orderbook(btc)->asks[0] == Level{101_d, 7_d});
    world.exchange.set_house_levels(btc, {}, Levels{{101_d, 8_d}}, world.now);
    CHECK(world.deltas.back().asks == Levels{{101_d, 9_d}});
}

TEST_CASE("a recorded delta that would cross users' orders fills them within the same delta") {
    World world;
    world.buy(alice, 100_d, 3_d);
    world.forget_events();
    world.exchange.set_house_levels(btc, {}, Levels{{99.5_d, 4_d}}, world.now);
    REQUIRE(world.deltas.size() == 1);
    CHECK(world.deltas[0].bids == Levels{{100_d, 0_d}});
    CHECK(world.deltas[0].asks == Levels{{99.5_d, 1_d}});
    CHECK(world.executions.at(0).liquidity == Liquidity::maker);
    CHECK((world.trades.at(0).price == 100_d && world.trades.at(0).side == Side::sell));
    CHECK(world.position(alice) == 3_d);
}

TEST_CASE("a replaced house book is one delta and leaves users' orders") {
    World world;
    world.buy(alice, 99_d, 1_d);
    world.forget_events();
    world.exchange.replace_house_book(btc, Levels{{98_d, 10_d}, {97_d, 1_d}}, Levels{{101_d, 10_d}}, world.now);
    REQUIRE(world.deltas.size() == 1);
    CHECK(world.deltas[0].bids == Levels{{99_d, 1_d}, {97_d, 1_d}});
    CHECK(world.deltas[0].asks == Levels{{102_d, 0_d}});
}

TEST_CASE("a level that a replaced house book still has keeps its place in the queue") {
    World world;
    world.buy(alice, 99_d, 1_d);
    world.exchange.replace_house_book(btc, Levels{{99_d, 5_d}}, {}, world.now);
    world.sell(bob, 99_d, 5_d);
    CHECK(world.position(alice) == 0_d);
}

TEST_CASE("published deltas rebuild the book that a snapshot shows") {
    World world;
    const auto start = *world.exchange.orderbook(btc);
    OrderBook book;
    book.apply_snapshot(start.sequence, start.timestamp, start.bids, start.asks);
    world.buy(alice, 102_d, 15_d);
    world.exchange.set_house_levels(btc, Levels{{99_d, 2_d}}, Levels{{101_d, 3_d}, {103_d, 1_d}}, world.now);
    world.sell(bob, 99_d, 5_d);
    world.exchange.cancel_all(bob, {.id = 1, .market_id = {}}, world.now);
    for (const auto& delta : world.deltas)
        CHECK(book.apply_delta(delta.sequence, delta.timestamp, delta.bids, delta.asks) == Applied::applied);
    const auto end = *world.exchange.orderbook(btc);
    CHECK((book.sequence() == end.sequence && book.bids().top() == end.bids && book.asks().top() == end.asks));
}

TEST_CASE("a snapshot is cut to its depth") {
    const World world;
    CHECK(world.exchange.orderbook(btc, 1)->bids == Levels{{99_d, 10_d}});
    CHECK(world.exchange.orderbook(btc)->sequence == 50);
    CHECK_FALSE(world.exchange.orderbook(MarketId{7}));
}

TEST_CASE("the house's market order prints trades and fills users") {
    World world;
    world.sell(alice, 100_d, 1_d);
    CHECK(world.exchange.house_market_order(btc, Side::buy, 3_d, world.now) == 3_d);
    REQUIRE(world.trades.size() == 2);
    CHECK((world.trades[0].price == 100_d && world.trades[1].price == 101_d));
    CHECK(world.position(alice) == -1_d);
    CHECK(world.exchange.house_market_order(eth, Side::buy, 1_d, world.now) == 0_d);
}

// ---- prices

TEST_CASE("the mark price is the middle of the book, else the last price, else the side that is there") {
    World world;
    CHECK(world.exchange.ticker(btc, world.now)->mark_price == 100_d);
    CHECK(world.exchange.ticker(eth, world.now)->mark_price == 0_d);
    world.exchange.set_house_levels(eth, Levels{{40_d, 1_d}}, {}, world.now);
    CHECK(world.exchange.ticker(eth, world.now)->mark_price == 40_d);
    world.exchange.recorded_trade({eth, TradeId{"x"}, world.now, 42_d, 1_d, Side::buy});
    CHECK(world.exchange.ticker(eth, world.now)->mark_price == 42_d);
}

TEST_CASE("a ticker has the best prices, the day and the open interest") {
    World world;
    world.buy(alice, 101_d, 3_d);
    world.sell(bob, 99_d, 1_d);
    const auto ticker = *world.exchange.ticker(btc, world.now);
    CHECK((ticker.last_price == 99_d && ticker.best_bid == 99_d && ticker.best_ask == 101_d));
    CHECK((ticker.high_24h == 101_d && ticker.low_24h == 99_d && ticker.volume_24h == 4_d));
    CHECK(ticker.open_interest == 3_d);
    CHECK(ticker.next_funding_at->ms % 3'600'000 == 0);
    CHECK((ticker.next_funding_at->ms > world.now.ms && ticker.next_funding_at->ms <= world.now.ms + 3'600'000));
}

TEST_CASE("recorded trades are published as they came, past ones only kept") {
    World world;
    const md::Trade trade{eth, TradeId{"recorded-1"}, world.now, 42_d, 1_d, Side::sell};
    world.exchange.past_trade(trade);
    CHECK(world.trades.empty());
    world.exchange.recorded_trade(trade);
    REQUIRE(world.trades.size() == 1);
    CHECK(world.trades[0].trade_id->value == "recorded-1");
    CHECK(world.exchange.trades(eth, 10)->size() == 2);
}

TEST_CASE("prices are published for the markets that have one") {
    World world;
    world.exchange.publish_prices(world.now);
    REQUIRE((world.fundings.size() == 1 && world.spots.size() == 1));
    CHECK((world.fundings[0].market_id == btc && world.fundings[0].mark_price == 100_d));
    CHECK((world.spots[0].market_id == btc && world.spots[0].price == 100_d));
}

// ---- wallets and events

TEST_CASE("a wallet is linked to one account") {
    World world;
    CHECK(world.exchange.link("carol", alice, world.now)->wallet == alice);
    CHECK_FALSE(world.exchange.link("dave", alice, world.now));
    CHECK(world.exchange.wallet_of("carol")->wallet == alice);
    CHECK_FALSE(world.exchange.wallet_of("dave"));
}

TEST_CASE("linking again keeps the moment of the link, another wallet takes its place") {
    World world;
    world.exchange.link("carol", alice, {1000});
    CHECK(world.exchange.link("carol", alice, {2000})->linked_at == Timestamp{1000});
    CHECK(world.exchange.link("carol", bob, {3000})->wallet == bob);
    CHECK(world.exchange.link("dave", alice, {4000}));
}

TEST_CASE("an unlinked wallet is free, and unlinking twice does nothing") {
    World world;
    world.exchange.link("carol", alice, world.now);
    CHECK(world.exchange.unlink("carol"));
    CHECK_FALSE(world.exchange.unlink("carol"));
    CHECK(world.exchange.link("dave", alice, world.now));
}

TEST_CASE("each wallet's executions are numbered for themselves and can be replayed") {
    World world{{.executions_kept = 2}};
    world.sell(bob, 100_d, 1_d);
    world.buy(alice, 101_d, 2_d);
    CHECK(world.exchange.last_sequence(bob) == 2);
    CHECK(world.exchange.last_sequence(alice) == 3);
    CHECK(world.exchange.oldest_sequence(alice) == 2);
    const auto replayed = world.exchange.replay(alice, 1);
    REQUIRE(replayed.size() == 2);
    CHECK((replayed[0].sequence == 2 && replayed[1].sequence == 3));
    CHECK(replayed[1].trade_id == world.executions.back().trade_id);
    CHECK(world.exchange.orders(alice).sequence == 3);
}

TEST_CASE("each wallet concerned is told once a command") {
    World world;
    world.sell(bob, 100_d, 1_d);
    world.sell(bob, 100_d, 1_d);
    world.forget_events();
    world.buy(alice, 101_d, 3_d);
    CHECK(world.accounts == std::vector{alice, bob});
}

TEST_CASE("funding a wallet tells its owner") {
    World world;
    world.exchange.fund(alice, 5_d);
    CHECK(world.exchange.balance(alice).total == 10005_d);
    CHECK(world.accounts == std::vector{alice});
}

TEST_CASE("there is no bad debt") {
    const auto report = World().exchange.bad_debt();
    CHECK(report.total_bad_debt == 0_d);
    CHECK(report.markets->size() == 2);
}

TEST_CASE("a listing needs its tick and lot size; what else it lacks is as harmless as can be") {
    MarketListing listing{.market_id = btc, .symbol = "BTC-PERP", .tick_size = 0.5_d, .lot_size = 0.1_d};
    const auto terms = MarketTerms::of(listing);
    CHECK(terms.min_size == 0.1_d);
    CHECK(terms.initial_margin == 1_d);
    CHECK((terms.maker_fee.is_zero() && terms.taker_fee.is_zero()));
    for (const auto lot : {std::optional<Decimal>(), std::optional(0_d), std::optional(-(0.1_d))}) {
        listing.lot_size = lot;
        CHECK_THROWS_WITH(MarketTerms::of(listing), Catch::Contains("BTC-PERP") && Catch::Contains("lot_size"));
    }
    listing.lot_size = 0.1_d;
    listing.tick_size = 0_d;
    CHECK_THROWS_WITH(MarketTerms::of(listing), Catch::Contains("tick_size: 0 is no step"));
}

} // namespace omen::exchange_test
