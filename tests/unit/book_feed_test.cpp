#include "client/book_feed.hpp"
#include "core/error.hpp"

#include <catch2/catch.hpp>

using namespace omen;
using namespace omen::literals;
using What = BookFeed::What;

namespace {

const MarketId market(1);

md::OrderbookSnapshot snapshot(std::uint64_t sequence) {
    return {.market_id = market, .sequence = sequence, .timestamp = {}, .bids = {{99_d, 1_d}}, .asks = {{101_d, 1_d}}};
}

md::OrderbookDelta delta(std::uint64_t sequence, std::vector<Level> bids = {{98_d, 2_d}}) {
    return {.market_id = market, .sequence = sequence, .timestamp = {}, .bids = std::move(bids), .asks = {}};
}

} // namespace

TEST_CASE("a snapshot, then deltas one above the last, give the book") {
    BookFeed feed;
    CHECK(feed.on(snapshot(5)).what == What::snapshot);
    const auto step = feed.on(delta(6));
    CHECK(step.what == What::delta);
    CHECK(step.book->sequence() == 6);
    CHECK(step.book->bids().size() == 2);
}

TEST_CASE("a delta that the snapshot contains is dropped") {
    BookFeed feed;
    feed.on(snapshot(5));
    CHECK(feed.on(delta(5)).what == What::nothing);
    CHECK(feed.on(delta(4)).what == What::nothing);
    CHECK(feed.on(delta(6)).what == What::delta);
    CHECK(feed.on(delta(6)).what == What::nothing);
}

TEST_CASE("a missing delta is a gap: no book, and a fresh snapshot is asked for") {
    BookFeed feed;
    feed.on(snapshot(5));
    const auto step = feed.on(delta(7));
    CHECK(step.what == What::gap);
    CHECK(step.book == nullptr);
    CHECK(step.resubscribe);
    CHECK(step.last_sequence == 5);
    CHECK(step.next_sequence == 7);
}

TEST_CASE("a gap that the exchange reports is one, though every delta came") {
    BookFeed feed;
    feed.on(snapshot(5));
    const auto step = feed.on(md::OrderbookGap{market, 5, 9});
    CHECK(step.what == What::gap);
    CHECK(step.resubscribe);
}

TEST_CASE("after a gap nothing is shown, and nothing asked again, until the snapshot resyncs the book") {
    BookFeed feed;
    feed.on(snapshot(5));
    feed.on(delta(7));
    CHECK(feed.on(delta(8)).what == What::nothing);
    CHECK(feed.on(md::OrderbookGap{market, 7, 9}).what == What::nothing);
    const auto step = feed.on(snapshot(9));
    CHECK(step.what == What::resynced);
    CHECK(step.book->sequence() == 9);
    CHECK(feed.on(delta(10)).what == What::delta);
}

TEST_CASE("a feed whose first event is a delta begins with a gap") {
    CHECK(BookFeed().on(delta(1)).what == What::gap);
}

TEST_CASE("markets do not disturb each other") {
    BookFeed feed;
    feed.on(snapshot(5));
    auto other = snapshot(1);
    other.market_id = MarketId(2);
    CHECK(feed.on(other).what == What::snapshot);
    CHECK(feed.on(delta(6)).what == What::delta);
}

TEST_CASE("a crossed book and a negative size are protocol errors, not a picture") {
    BookFeed feed;
    feed.on(snapshot(5));
    CHECK_THROWS_AS(feed.on(delta(6, {{101_d, 1_d}})), Error);
    BookFeed other;
    other.on(snapshot(5));
    CHECK_THROWS_AS(other.on(delta(6, {{98_d, -(1_d)}})), Error);
}
