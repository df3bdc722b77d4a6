#include "client/feeds/drop_copy_feed.hpp"
#include "support/catch.hpp"

#include <string>

namespace omen::drop_copy_feed_test {

using Next = DropCopyFeed::Next;

namespace {

gw::Execution execution(std::uint64_t sequence) {
    gw::Execution one;
    one.wallet = "0xA";
    one.sequence = sequence;
    return one;
}

DropCopyFeed feed_of(std::optional<std::uint64_t> last, std::uint64_t issued) {
    DropCopyFeed feed(last);
    feed.begin_session("0xA");
    feed.subscribed(issued);
    return feed;
}

} // namespace

TEST_CASE("a drop-copy's cursor follows what was printed, and nothing else") {
    auto feed = feed_of(4, 6);
    CHECK(feed.printed() == 4);

    REQUIRE(feed.on(execution(5)) == Next::line);
    CHECK(feed.printed() == 4);
    feed.line_printed(execution(5));
    CHECK(feed.printed() == 5);
    CHECK(feed.on(execution(5)) == Next::nothing);
}

TEST_CASE("a gap counts when the state behind it has been printed") {
    auto feed = feed_of(4, 9);
    REQUIRE(feed.on(execution(8)) == Next::settle);
    CHECK_FALSE(feed.is_settled());
    REQUIRE(feed.take_gap());
    CHECK_FALSE(feed.take_gap());
    CHECK(feed.printed() == 4);

    SECTION("at once") {
        feed.state_printed();
        CHECK(feed.printed() == 7);
        CHECK(feed.on(execution(8)) == Next::line);
    }
    SECTION("over another connection") {
        feed.begin_session("0xA");
        CHECK(feed.from() == 8);
        feed.subscribed(9);
        CHECK(feed.printed() == 4);
        CHECK_FALSE(feed.is_settled());
        feed.state_printed();
        CHECK(feed.printed() == 7);
    }
}

TEST_CASE("a fresh drop-copy that begins with a gap has printed nothing until the state is there") {
    auto feed = feed_of(0, 9);
    feed.on(gw::DropCopyGap{.wallet = "0xA", .requested_sequence = 1, .oldest_sequence = 6, .next_sequence = 10});
    REQUIRE(feed.take_gap());

    feed.begin_session("0xA");
    feed.subscribed(9);

    CHECK(feed.printed() == 0);
}

TEST_CASE("another wallet's executions begin behind a gap") {
    auto feed = feed_of(4, 4);

    SECTION("another one") {
        feed.begin_session("0xB");
        const bool ends_unsubscribed = GENERATE(false, true);
        if (ends_unsubscribed) feed.begin_session("0xB");
        CHECK_FALSE(feed.from());
        feed.subscribed(50);
        CHECK_FALSE(feed.is_settled());
        const auto gap = feed.take_gap();
        REQUIRE(gap);
        CHECK(gap->wallet == "0xB");
        CHECK(gap->next_sequence == 51);
        feed.state_printed();
        CHECK(feed.printed() == 50);
        CHECK(feed.on(execution(51)) == Next::line);
    }
    SECTION("the same in other letters, or one that is not named") {
        feed.begin_session("0xa");
        CHECK(feed.from() == 5);
        feed.begin_session(std::nullopt);
        CHECK(feed.from() == 5);
        feed.subscribed(4);
        CHECK(feed.is_settled());
    }
}

} // namespace omen::drop_copy_feed_test
