#include "core/token_bucket.hpp"
#include "support/catch.hpp"

#include <random>

namespace omen::token_bucket_test {

using namespace std::chrono_literals;

namespace {

/// Any moment will do: the clock is passed in.
const Clock::time_point start = Clock::time_point{} + 1000h;

int take_all(TokenBucket& bucket, Clock::time_point now) {
    int taken = 0;
    while (bucket.take(now)) ++taken;
    return taken;
}

} // namespace

TEST_CASE("a bucket starts full, whenever that is") {
    for (const auto now : {Clock::time_point{}, start, Clock::now()}) {
        TokenBucket bucket(100, 50);
        CHECK(bucket.wait(now) == 0ns);
        CHECK(take_all(bucket, now) == 50);
    }
}

TEST_CASE("an empty bucket has a token again after one refill interval, not before") {
    TokenBucket bucket(100, 50);
    take_all(bucket, start);
    CHECK(bucket.wait(start) == 10ms);
    CHECK(bucket.wait(start + 4ms) == 6ms);
    CHECK_FALSE(bucket.take(start + 10ms - 1ns));
    CHECK(bucket.wait(start + 10ms) == 0ns);
    CHECK(take_all(bucket, start + 10ms) == 1);
}

TEST_CASE("a bucket never holds more than its burst") {
    TokenBucket bucket(200, 50);
    take_all(bucket, start);
    CHECK(take_all(bucket, start + 24h) == 50);
}

TEST_CASE("part of a token is not lost when the bucket is looked at") {
    TokenBucket bucket(100, 50);
    take_all(bucket, start);
    for (int i = 1; i <= 9; ++i) CHECK_FALSE(bucket.take(start + i * 1ms));
    CHECK(bucket.take(start + 10ms));
}

TEST_CASE("over a long time exactly the rate and the burst come out") {
    TokenBucket bucket(200, 50);
    auto now = start;
    std::int64_t taken = 0;
    while (now < start + 1h) {
        if (bucket.take(now)) {
            ++taken;
        } else {
            REQUIRE(bucket.wait(now) <= 5ms);
            now += bucket.wait(now);
        }
    }
    CHECK(taken == 50 + 200 * 3600 - 1); // the token of the last moment itself is not taken any more
}

TEST_CASE("however a bucket is polled, it gives at most burst and refill, and wait is when take succeeds") {
    std::mt19937_64 random(5);
    TokenBucket bucket(100, 50);
    std::int64_t taken = 0;
    auto now = start;
    for (int i = 0; i < 20'000; ++i, now += std::chrono::microseconds(random() % 20'000)) {
        const bool due = bucket.wait(now) == 0ns;
        REQUIRE(bucket.take(now) == due);
        taken += due;
        REQUIRE(taken <= 50 + (now - start) / 10ms);
        REQUIRE(bucket.wait(now) <= 10ms);
    }
    CHECK(taken > 15'000);
}

} // namespace omen::token_bucket_test
