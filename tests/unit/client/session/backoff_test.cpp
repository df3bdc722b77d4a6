#include "client/session/backoff.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace omen::backoff_test {

namespace {

const Clock::time_point start(std::chrono::hours(1));

Milliseconds wait_of(Backoff& backoff, Clock::time_point now) {
    return std::chrono::duration_cast<Milliseconds>(backoff.retry_at(now) - now);
}

} // namespace

TEST_CASE("waits double from a quarter of a second to ten seconds, each shortened by up to a half") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Backoff backoff(seed);
        for (const auto longest : {250, 500, 1000, 2000, 4000, 8000, 10'000, 10'000, 10'000}) {
            const auto wait = wait_of(backoff, start);
            CHECK(wait >= Milliseconds(longest / 2));
            CHECK(wait <= Milliseconds(longest));
        }
        for (int i = 0; i < 100; ++i) CHECK(wait_of(backoff, start) <= Backoff::longest);
    }
}

TEST_CASE("clients that lost the same exchange do not come back all at once") {
    std::set<Milliseconds> waits;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Backoff backoff(seed * 0x9e3779b97f4a7c15ULL);
        for (int i = 0; i < 6; ++i) wait_of(backoff, start);
        waits.insert(wait_of(backoff, start));
    }
    CHECK(waits.size() > 10);
}

TEST_CASE("a connection that held makes the next wait short again; one that broke at once does not") {
    Backoff backoff(7);
    for (int i = 0; i < 8; ++i) wait_of(backoff, start);
    backoff.connected(start);
    CHECK(wait_of(backoff, start + std::chrono::seconds(1)) > Milliseconds(1000));
    backoff.connected(start);
    CHECK(wait_of(backoff, start + Backoff::longest) <= Backoff::first);
}

TEST_CASE("a connection counts once: what fails after it was lost waits ever longer") {
    Backoff backoff(7);
    backoff.connected(start);
    const auto later = start + std::chrono::hours(1);
    CHECK(wait_of(backoff, later) <= Milliseconds(250));
    CHECK(wait_of(backoff, later) >= Milliseconds(250));
    CHECK(wait_of(backoff, later) >= Milliseconds(500));
}

} // namespace omen::backoff_test
