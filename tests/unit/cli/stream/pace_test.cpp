#include "cli/stream/pace.hpp"
#include "support/catch.hpp"

namespace omen::stream_pace_test {

namespace {

const MarketId eth(1);
const MarketId btc(2);

Clock::time_point at(int ms) {
    return Clock::time_point(Milliseconds(1'000'000 + ms));
}

} // namespace

TEST_CASE("the first line of a market is shown at once, the next ones an interval apart") {
    Pace pace(Milliseconds(100));
    CHECK(pace.offer(eth, at(0)));
    CHECK_FALSE(pace.offer(eth, at(10)));
    CHECK_FALSE(pace.offer(eth, at(99)));
    CHECK_FALSE(pace.take(at(99)));
    CHECK(pace.take(at(100)) == eth);
    CHECK_FALSE(pace.take(at(100)));
    CHECK_FALSE(pace.offer(eth, at(199)));
    CHECK(pace.offer(eth, at(200)));
    CHECK_FALSE(pace.take(at(1000)));
}

TEST_CASE("a market that has been quiet for an interval is shown at once") {
    Pace pace(Milliseconds(100));
    CHECK(pace.offer(eth, at(0)));
    CHECK(pace.offer(eth, at(100)));
}

TEST_CASE("markets are held back each for itself") {
    Pace pace(Milliseconds(100));
    CHECK(pace.offer(eth, at(0)));
    CHECK(pace.offer(btc, at(50)));
    CHECK(pace.next().is_never());
    pace.offer(btc, at(60));
    pace.offer(eth, at(70));
    CHECK(pace.take(at(100)) == eth);
    CHECK_FALSE(pace.take(at(100)));
    CHECK(pace.take(at(150)) == btc);
}

TEST_CASE("what no longer holds is not shown later") {
    Pace pace(Milliseconds(100));
    pace.offer(eth, at(0));
    pace.offer(eth, at(10));
    pace.withdraw(eth);
    CHECK(pace.next().is_never());
    CHECK_FALSE(pace.take(at(1000)));
    pace.offer(eth, at(1000));
    pace.offer(eth, at(1010));
    pace.withdraw_all();
    CHECK_FALSE(pace.take(at(2000)));
}

} // namespace omen::stream_pace_test
