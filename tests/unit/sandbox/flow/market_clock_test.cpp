#include "sandbox/flow/market_clock.hpp"
#include "support/catch.hpp"

namespace omen::market_clock_test {

using namespace omen::sandbox;
using namespace std::chrono_literals;

namespace {

/// On a machine where time passes when it is told to.
struct Steered : MarketClock {
    using MarketClock::MarketClock;
    Clock::time_point steady() const override { return here; }
    /// In the markets, since the beginning.
    Milliseconds passed() const { return Milliseconds(exchange().ms - beginning.ms); }

    Clock::time_point here{1h};
    Timestamp beginning = exchange();
};

} // namespace

TEST_CASE("the markets' time stands still until it goes on, and then passes at its speed") {
    Steered clock(100);
    clock.stop_at(1h);
    clock.here += 5s;
    CHECK(clock.passed() == 0ms);
    clock.go_on();
    clock.here += 5s;
    CHECK(clock.passed() == 500s);
    clock.stand_still();
    clock.here += 5s;
    CHECK(clock.passed() == 500s);
    clock.go_on();
    clock.here += 1ms;
    CHECK(clock.passed() == 500100ms);
}

TEST_CASE("the markets' time does not pass a step that has yet to happen, and then makes up for that") {
    Steered clock(10);
    clock.stop_at(1s);
    clock.go_on();
    CHECK(clock.reach(1s) == clock.here + 100ms);
    clock.here += 300ms;
    CHECK(clock.passed() == 1s);
    clock.stop_at(2s);
    CHECK(clock.passed() == 2s);
    clock.stop_at(std::nullopt); // the flow has ended
    CHECK(clock.passed() == 3s);
}

TEST_CASE("without a speed the markets' time is put forward, and passes at its own pace after the end") {
    Steered clock(std::nullopt);
    clock.stop_at(1h);
    clock.go_on();
    clock.here += 5s;
    CHECK(clock.passed() == 0ms);
    CHECK(clock.reach(30min) == clock.here);
    CHECK(clock.passed() == 30min);
    clock.stop_at(std::nullopt);
    clock.here += 5s;
    CHECK(clock.passed() == 30min + 5s);
}

} // namespace omen::market_clock_test
