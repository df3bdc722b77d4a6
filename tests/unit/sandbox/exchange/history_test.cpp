#include "core/decimal.hpp"
#include "sandbox/exchange/history.hpp"
#include "support/catch.hpp"

namespace omen::history_test {

using namespace omen::literals;
using namespace omen::sandbox;

namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day = 1440 * minute;
constexpr std::int64_t start = 20'000 * day; // a midnight

TradeFacts trade(std::int64_t at_ms, Decimal price, Decimal size) {
    return {.market_id = MarketId{1},
            .trade_id = TradeId{"t"},
            .timestamp = Timestamp{start + at_ms},
            .price = price,
            .size = size,
            .side = Side::buy};
}

std::vector<std::int64_t> open_minutes(const std::vector<CandleFacts>& candles) {
    std::vector<std::int64_t> result;
    for (const auto& candle : candles) result.push_back((candle.open_time.ms - start) / minute);
    return result;
}

using Minutes = std::vector<std::int64_t>;

/// One trade at the start of each of the first `count` minutes, at the prices 1, 2, 3...
History one_a_minute(int count) {
    History history(1000);
    for (int i = 0; i < count; ++i) history.add(trade(i * minute, Decimal::whole(i + 1), 1_d));
    return history;
}

} // namespace

TEST_CASE("trades are listed newest first, and only so many are kept") {
    History history(2);
    for (int i = 1; i <= 3; ++i) history.add(trade(i, Decimal::whole(i), 1_d));
    REQUIRE(history.trades(10).size() == 2);
    CHECK(history.trades(10)[0].price == 3_d);
    CHECK(history.trades(1).size() == 1);
    CHECK(history.last_price() == 3_d);
}

TEST_CASE("a candle has the prices, volume and number of its trades") {
    History history(10);
    for (const auto& [at, price] : {std::pair(0, 5_d), {1, 9_d}, {2, 3_d}, {minute - 1, 4_d}})
        history.add(trade(at, price, 2_d));
    const auto candles = history.candles({});
    REQUIRE(candles.size() == 1);
    const auto& candle = candles[0];
    CHECK((candle.open == 5_d && candle.high == 9_d && candle.low == 3_d && candle.close == 4_d));
    CHECK((candle.volume == 8_d && candle.trades == 4 && candle.open_time.ms == start));
}

TEST_CASE("a week of minutes is kept, the latest") {
    History history(100);
    const auto kept = static_cast<std::int64_t>(History::minutes_kept);
    for (std::int64_t at = 0; at < kept + 5; ++at) history.add(trade(at * minute, 1_d, 1_d));
    const auto candles = history.candles({.limit = 2 * History::minutes_kept});
    CHECK(candles.size() == History::minutes_kept);
    CHECK(open_minutes(candles).front() == 5);
    CHECK(open_minutes(candles).back() == kept + 4);
}

TEST_CASE("longer candles are made of minutes, and open at whole intervals") {
    const auto candles = one_a_minute(12).candles({.interval = Interval::m5});
    CHECK(open_minutes(candles) == Minutes{0, 5, 10});
    CHECK((candles[1].open == 6_d && candles[1].close == 10_d && candles[1].trades == 5));
}

TEST_CASE("an interval without a trade has no candle") {
    History history(10);
    history.add(trade(0, 1_d, 1_d));
    history.add(trade(3 * minute, 1_d, 1_d));
    CHECK(open_minutes(history.candles({})) == Minutes{0, 3});
}

TEST_CASE("from is included, to is not") {
    const auto history = one_a_minute(5);
    CHECK(open_minutes(history.candles({.from = Timestamp{start + minute}, .to = Timestamp{start + 3 * minute}})) ==
          Minutes{1, 2});
}

TEST_CASE("of too many candles the last ones come, with a from the first ones") {
    const auto history = one_a_minute(5);
    CHECK(open_minutes(history.candles({.limit = 2})) == Minutes{3, 4});
    CHECK(open_minutes(history.candles({.from = Timestamp{start}, .limit = 2})) == Minutes{0, 1});
}

TEST_CASE("the day's change counts from the price 24 hours ago") {
    History history(10);
    history.add(trade(0, 100_d, 7_d));
    history.add(trade(minute, 130_d, 1_d));
    history.add(trade(day, 110_d, 2_d));
    const auto statistics = history.day({start + day});
    REQUIRE(statistics);
    CHECK(statistics->change == 0.1_d);
    CHECK((statistics->high == 130_d && statistics->low == 110_d && statistics->volume == 3_d));
}

TEST_CASE("of a young market the day's change counts from its first trade") {
    History history(10);
    history.add(trade(0, 100_d, 1_d));
    history.add(trade(minute, 95_d, 1_d));
    CHECK(history.day({start + 2 * minute})->change == -0.05_d);
}

TEST_CASE("of a market that did not trade for a day the last price stays") {
    History history(10);
    CHECK_FALSE(history.day({start}));
    history.add(trade(0, 100_d, 1_d));
    const auto statistics = history.day({start + 2 * day});
    CHECK((statistics->high == 100_d && statistics->low == 100_d));
    CHECK((statistics->volume == 0_d && statistics->change == 0_d));
}

TEST_CASE("candles of every interval open at whole intervals, in order, and hold all trades") {
    const auto interval = GENERATE(Interval::m1, Interval::m5, Interval::m15, Interval::h1, Interval::h4, Interval::d1);
    History history(10);
    for (int i = 0; i < 200; ++i) history.add(trade(i * 37 * minute + 59'999, Decimal::whole(i + 1), 1_d)); // 5 days
    const auto candles = history.candles({.interval = interval, .limit = 1000});
    Decimal volume;
    Timestamp before{};
    for (const auto& candle : candles) {
        CHECK((candle.open_time.ms % length_of(interval) == 0 && candle.open_time > before));
        before = candle.open_time;
        volume += candle.volume;
    }
    CHECK(volume == 200_d);
    CHECK((candles.front().open == 1_d && candles.back().close == 200_d));
}

} // namespace omen::history_test
