#include "support/catch.hpp"
#include "system/backoff.hpp"

#include <set>

namespace omen::backoff_test {

namespace {

const Clock::time_point start(std::chrono::hours(1));

} // namespace

TEST_CASE("waits double from a quarter of a second to ten seconds, each shortened by up to a half") {
    for (unsigned seed = 0; seed < 50; ++seed) {
        Backoff backoff({}, seed);
        for (const auto longest : {250, 500, 1000, 2000, 4000, 8000, 10'000, 10'000, 10'000}) {
            const auto wait = backoff.pause(start);
            CHECK(wait >= Milliseconds(longest / 2));
            CHECK(wait <= Milliseconds(longest));
        }
        for (int i = 0; i < 100; ++i) CHECK(backoff.pause(start) <= Milliseconds(10'000));
    }
}

TEST_CASE("the first wait and the longest can be chosen, and waits never grow beyond it") {
    Backoff backoff({.first = Milliseconds(100), .longest = Milliseconds(300)}, 7);
    CHECK(backoff.pause(start) <= Milliseconds(100));
    CHECK(backoff.pause(start) >= Milliseconds(100));
    for (int i = 0; i < 100; ++i) {
        const auto wait = backoff.pause(start);
        CHECK(wait >= Milliseconds(150));
        CHECK(wait <= Milliseconds(300));
    }
}

TEST_CASE("clients that lost the same exchange do not come back all at once") {
    std::set<Milliseconds> waits;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        Backoff backoff({}, seed * 0x9e3779b9U);
        for (int i = 0; i < 6; ++i) backoff.pause(start);
        waits.insert(backoff.pause(start));
    }
    CHECK(waits.size() > 10);
}

TEST_CASE("a connection that held makes the next wait short again; one that broke at once does not") {
    Backoff backoff({}, 7);
    for (int i = 0; i < 8; ++i) backoff.pause(start);
    backoff.connected(start);
    CHECK(backoff.pause(start + std::chrono::seconds(1)) > Milliseconds(1000));
    backoff.connected(start);
    CHECK(backoff.pause(start + Milliseconds(10'000)) <= Milliseconds(250));
}

TEST_CASE("a connection counts once: what fails after it was lost waits ever longer") {
    Backoff backoff({}, 7);
    backoff.connected(start);
    const auto later = start + std::chrono::hours(1);
    CHECK(backoff.pause(later) <= Milliseconds(250));
    CHECK(backoff.pause(later) >= Milliseconds(250));
    CHECK(backoff.pause(later) >= Milliseconds(500));
}

} // namespace omen::backoff_test
