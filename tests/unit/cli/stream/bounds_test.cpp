#include "cli/stream/bounds.hpp"
#include "support/catch.hpp"

namespace omen::stream_bounds_test {

using namespace omen::literals;

namespace {

const Clock::time_point start{};

/// A line of some stream.
struct Line {
    Decimal price;

    static constexpr auto declaration() { return wire::record("line", wire::field("price", &Line::price)); }
};

} // namespace

TEST_CASE("a stream's limits: time alone is its end, beside a count it is a limit") {
    const StreamBounds timed({.for_ = Milliseconds(1000)}, start);
    CHECK(timed.out_of_time() == Exit::done);
    StreamBounds counted({.count = 2, .for_ = Milliseconds(1000)}, start);
    counted.printed(Line{});
    CHECK_FALSE(counted.reached());
    CHECK_THROWS_WITH(counted.out_of_time(), Catch::Contains("only 1 of 2"));
    counted.printed(Line{});
    CHECK(counted.reached());
}

TEST_CASE("a stream ends with the line that meets its condition; without one in time, that is said") {
    StreamBounds bounds({.until = parse_condition("--until", "price > 3500"), .for_ = Milliseconds(1000)}, start);
    bounds.printed(Line{3500_d});
    CHECK_FALSE(bounds.reached());
    CHECK_THROWS_WITH(bounds.out_of_time(), Catch::Contains("price > 3500"));
    bounds.printed(Line{3500.1_d});
    CHECK(bounds.reached());
    bounds.printed(Line{1_d});
    CHECK(bounds.reached());
}

TEST_CASE("a goal of the stream's own that was missed is said, too") {
    CHECK_THROWS_WITH(StreamBounds({}, start).out_of_time("not all was written"),
                      Catch::Contains("not all was written"));
}

TEST_CASE("a stream without limits never ends; idle time counts from what came last, --for from the beginning") {
    CHECK(StreamBounds({}, Clock::now()).end().is_never());
    const auto long_ago = Clock::now() - std::chrono::hours(1);
    StreamBounds idle({.idle = Milliseconds(60'000)}, long_ago);
    CHECK(idle.end().passed());
    idle.heard(Clock::now());
    CHECK_FALSE(idle.end().passed());
    StreamBounds timed({.for_ = Milliseconds(60'000)}, long_ago);
    timed.heard(Clock::now());
    CHECK(timed.end().passed());
}

} // namespace omen::stream_bounds_test
