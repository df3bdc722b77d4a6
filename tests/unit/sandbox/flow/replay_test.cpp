#include "core/error.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/flow/replay.hpp"
#include "support/catch.hpp"

namespace omen::replay_test {

using namespace omen::sandbox;
using namespace omen::literals;

namespace {

using std::chrono::microseconds;

constexpr Timestamp now{2'000'000};
const MarketId market(1);

rest::MarketResponse terms() {
    return {.market_id = market,
            .symbol = "X-PERP",
            .base = "X",
            .quote = "USD",
            .status = "live",
            .tick_size = 1_d,
            .lot_size = 1_d,
            .min_size = 1_d,
            .max_leverage = 20,
            .initial_margin = 0.05_d,
            .maintenance_margin = 0.025_d,
            .maker_fee = {},
            .taker_fee = {}};
}

md::OrderbookSnapshot snapshot(std::uint64_t sequence, std::int64_t ms, std::vector<Level> bids = {{99_d, 5_d}}) {
    return {market, sequence, Timestamp{ms}, std::move(bids), {{101_d, 5_d}}};
}
md::OrderbookDelta delta(std::uint64_t sequence, std::int64_t ms, std::vector<Level> bids) {
    return {market, sequence, Timestamp{ms}, std::move(bids), {}};
}
md::Trade trade(const std::string& id, std::int64_t ms) {
    return {market, TradeId{id}, Timestamp{ms}, 100_d, 1_d, Side::buy};
}

/// What a recording publishes.
struct Feed : ExchangeListener {
    void on_trade(const md::Trade& event) override { trades.push_back(event); }
    void on_book(const md::OrderbookDelta& event) override { deltas.push_back(event); }

    std::vector<md::Trade> trades;
    std::vector<md::OrderbookDelta> deltas;
};

/// A recording on its way through an exchange. Its events come 10 ms apart.
struct Replayed {
    explicit Replayed(std::vector<md::Event> events, bool loop = false)
        : flow(recording(std::move(events)), loop), exchange(flow.markets()) {
        flow.open(exchange, now);
        exchange.set_listener(&feed);
    }
    static Recording recording(std::vector<md::Event> events) {
        Recording result{.markets = {terms()}, .events = {}};
        microseconds at{};
        for (auto& event : events) {
            result.events.push_back({at, std::move(event)});
            at += Milliseconds(10);
        }
        return result;
    }
    void run(std::size_t steps = SIZE_MAX) {
        for (; steps > 0 && flow.due(); --steps) flow.step(exchange, now);
    }
    std::uint64_t sequence() const { return exchange.orderbook(market)->sequence; }
    std::vector<Level> bids() const { return exchange.orderbook(market)->bids; }

    Feed feed;
    Replay flow;
    Exchange exchange;
};

} // namespace

TEST_CASE("a book opens at the first snapshot's sequence, and nothing is published") {
    const Replayed replayed({snapshot(500, 1000)});
    CHECK(replayed.sequence() == 500);
    CHECK(replayed.bids() == std::vector<Level>{{99_d, 5_d}});
    CHECK(replayed.feed.deltas.empty());
    CHECK_FALSE(replayed.flow.due());
}

TEST_CASE("every recorded delta is published under its own sequence, even one that changes nothing") {
    Replayed replayed({snapshot(500, 1000), delta(501, 1010, {{98_d, 1_d}}), delta(502, 1020, {{98_d, 1_d}}),
                       delta(503, 1030, {{99_d, 0_d}})});
    replayed.run();
    REQUIRE(replayed.feed.deltas.size() == 3);
    CHECK(replayed.feed.deltas[0].sequence == 501);
    CHECK(replayed.feed.deltas[2].sequence == 503);
    CHECK(replayed.bids() == std::vector<Level>{{98_d, 1_d}});
}

TEST_CASE("events are due when they were recorded, counted from the start") {
    Replayed replayed({snapshot(500, 1000), delta(501, 1010, {}), delta(502, 1020, {})});
    CHECK(replayed.flow.due() == Milliseconds(10));
    replayed.run(1);
    CHECK(replayed.flow.due() == Milliseconds(20));
    replayed.run(1);
    CHECK_FALSE(replayed.flow.due());
}

TEST_CASE("timestamps are shifted by one constant, so that the start is now") {
    Replayed replayed({trade("old", 400), snapshot(500, 1000), delta(501, 1020, {{98_d, 1_d}}), trade("new", 1030)});
    replayed.run();
    CHECK(replayed.feed.deltas[0].timestamp == Timestamp{now.ms + 20});
    CHECK(replayed.feed.trades[0].timestamp == Timestamp{now.ms + 30});
    CHECK(replayed.exchange.trades(market, 10)->back().timestamp == Timestamp{now.ms - 600});
}

TEST_CASE("trades from before the market's first snapshot are history, wherever they stand") {
    Replayed replayed({snapshot(500, 1000), trade("b", 900), trade("a", 800), trade("c", 1001)});
    const auto past = *replayed.exchange.trades(market, 10);
    REQUIRE(past.size() == 2);
    CHECK(past[0].trade_id->value == "b");
    replayed.run();
    REQUIRE(replayed.feed.trades.size() == 1);
    CHECK(replayed.feed.trades[0].trade_id->value == "c");
}

TEST_CASE("deltas at or below the snapshot are left out") {
    Replayed replayed({delta(499, 990, {{90_d, 9_d}}), snapshot(500, 1000), delta(500, 1005, {{91_d, 9_d}}),
                       delta(501, 1010, {{98_d, 1_d}})});
    replayed.run();
    CHECK(replayed.feed.deltas.size() == 1);
    CHECK(replayed.sequence() == 501);
}

TEST_CASE("behind a gap the next snapshot becomes one delta") {
    Replayed replayed({snapshot(500, 1000), delta(503, 1010, {{50_d, 1_d}}), delta(504, 1020, {{51_d, 1_d}}),
                       snapshot(600, 1030, {{97_d, 7_d}}), delta(601, 1040, {{96_d, 1_d}})});
    replayed.run();
    REQUIRE(replayed.feed.deltas.size() == 2);
    CHECK(replayed.feed.deltas[0].sequence == 501);
    CHECK(replayed.bids() == std::vector<Level>{{97_d, 7_d}, {96_d, 1_d}});
    CHECK(replayed.sequence() == 502);
}

TEST_CASE("a repeated snapshot that says nothing new publishes nothing") {
    Replayed replayed({snapshot(500, 1000), delta(501, 1010, {{98_d, 1_d}}),
                       snapshot(501, 1020, {{99_d, 5_d}, {98_d, 1_d}}), delta(502, 1030, {{97_d, 1_d}})});
    replayed.run();
    CHECK(replayed.feed.deltas.size() == 2);
    CHECK(replayed.sequence() == 502);
}

TEST_CASE("a user's deltas move the published sequences on by their number") {
    Replayed replayed({snapshot(500, 1000), delta(501, 1010, {{98_d, 1_d}})});
    replayed.exchange.fund("0xa", 1000_d);
    const gw::Order bid{
        .id = 1, .client_order_id = {"a"}, .market_id = market, .side = Side::buy, .price = 90_d, .size = 1_d};
    REQUIRE(std::holds_alternative<gw::OrderAccepted>(replayed.exchange.order("0xa", bid, now)));
    CHECK(replayed.sequence() == 501);
    replayed.run();
    CHECK(replayed.sequence() == 502);
}

TEST_CASE("a loop goes back to the first snapshot by one delta, later and under new trade ids") {
    Replayed replayed({snapshot(500, 1000), trade("t", 1010), delta(501, 1020, {{98_d, 1_d}})}, true);
    replayed.run(2);
    REQUIRE(replayed.flow.due() == Milliseconds(20));
    replayed.run(1);
    CHECK(replayed.sequence() == 502);
    CHECK(replayed.bids() == std::vector<Level>{{99_d, 5_d}});
    CHECK(replayed.flow.due() == Milliseconds(30));
    replayed.run(2);
    CHECK(replayed.sequence() == 503);
    CHECK(replayed.feed.trades[1].trade_id->value == "t-1");
    CHECK(replayed.feed.trades[1].timestamp > replayed.feed.trades[0].timestamp);
}

TEST_CASE("a loop without a live event has an end") {
    const Replayed replayed({snapshot(500, 1000)}, true);
    CHECK_FALSE(replayed.flow.due());
}

TEST_CASE("an event of a market that the recording does not name is an error") {
    auto stray = trade("t", 1000);
    stray.market_id = MarketId(2);
    CHECK_THROWS_WITH(Replay(Replayed::recording({stray})), Catch::Contains("market 2"));
}

TEST_CASE("recorded spot prices and the index of recorded funding are the index price") {
    Replayed replayed({md::SpotPrice{market, Timestamp{990}, 90_d}, snapshot(500, 1000),
                       md::SpotPrice{market, Timestamp{1010}, 98_d},
                       md::Funding{market, Timestamp{1020}, 0.5_d, Timestamp{9000}, 70_d, 97_d}});
    const auto ticker = [&] { return *replayed.exchange.ticker(market, now); };
    CHECK(ticker().index_price == 100_d);
    replayed.run(1);
    CHECK((ticker().index_price == 98_d && ticker().mark_price == 100_d));
    replayed.run(1);
    CHECK((ticker().index_price == 97_d && ticker().mark_price == 100_d));
    CHECK(replayed.feed.deltas.empty());
}

TEST_CASE("what was recorded without market, id or time happens in the one market there is, now") {
    auto bare = trade("t", 1000);
    bare.market_id.reset();
    bare.trade_id.reset();
    bare.timestamp.reset();
    auto book = snapshot(500, 1000);
    book.timestamp.reset();
    Replayed replayed({book, bare}, true);
    replayed.run(1);
    REQUIRE(replayed.feed.trades.size() == 1);
    CHECK(replayed.feed.trades[0].market_id == market);
    CHECK(replayed.feed.trades[0].timestamp == now);
    CHECK_FALSE(replayed.feed.trades[0].trade_id.has_value());
}

} // namespace omen::replay_test
