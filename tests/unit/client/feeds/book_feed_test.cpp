#include "client/feeds/book_feed.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"

#include <random>

namespace omen::book_feed_test {

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

rest::OrderbookSnapshotResponse rest_snapshot(std::uint64_t sequence) {
    return {.market_id = market, .sequence = sequence, .timestamp = {}, .bids = {{99_d, 5_d}}, .asks = {{101_d, 5_d}}};
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

TEST_CASE("a stale delta that is newer than the book shows that the exchange counts anew") {
    BookFeed feed;
    auto whole = snapshot(500);
    whole.timestamp = Timestamp{1000};
    feed.on(whole);
    auto older = delta(499);
    older.timestamp = Timestamp{1000};
    CHECK(feed.on(older).what == What::nothing);
    auto anew = delta(1);
    anew.timestamp = Timestamp{1001};
    const auto step = feed.on(anew);
    CHECK(step.what == What::gap);
    CHECK(step.resubscribe);
    CHECK(step.last_sequence == 500);
    CHECK(step.next_sequence == 1);
    CHECK(feed.on(delta(501)).what == What::nothing);
    CHECK(feed.on(snapshot(2)).what == What::resynced);
}

TEST_CASE("where nobody says when, a run of stale deltas behind one that was applied is a gap, a repeated one is not") {
    for (const bool moved : {true, false}) {
        BookFeed feed;
        feed.on(snapshot(500));
        if (moved) feed.on(delta(501));
        auto what = What::nothing;
        std::uint64_t sequence = 0;
        while (what == What::nothing && sequence < 500) what = feed.on(delta(++sequence)).what;
        CHECK(what == (moved ? What::gap : What::nothing));
        CHECK(sequence == (moved ? 4 : 500));
    }
    BookFeed feed;
    feed.on(snapshot(500));
    for (std::uint64_t sequence = 501; sequence < 600; ++sequence) {
        CHECK(feed.on(delta(sequence)).what == What::delta);
        for (int again = 0; again < 3; ++again) CHECK(feed.on(delta(sequence)).what == What::nothing);
    }
}

TEST_CASE("books of REST snapshots notice that the exchange counts anew as well") {
    BookFeed feed(BookFeed::Source::rest);
    feed.on(snapshot(500));
    CHECK(feed.on(rest_snapshot(502)).what == What::snapshot);
    CHECK(feed.on(delta(501)).what == What::nothing);
    CHECK(feed.on(delta(503)).what == What::delta);
    for (std::uint64_t sequence = 0; sequence < 3; ++sequence) CHECK(feed.on(delta(sequence)).what == What::nothing);
    CHECK(feed.on(delta(3)).what == What::gap);
    feed.expect(market, Deadline::after(Milliseconds(1000)));
    CHECK(feed.wants_rest() == market);
    CHECK(feed.on(rest_snapshot(3)).what == What::resynced);
}

TEST_CASE("a market whose subscription has ended is resynced alone; one that is forgotten is not awaited") {
    BookFeed feed;
    auto other = snapshot(1);
    other.market_id = MarketId(2);
    feed.on(snapshot(5));
    feed.on(other);
    feed.lost(market);
    feed.expect(market, Deadline::after(Milliseconds(1000)));
    CHECK(feed.on(delta(6)).what == What::nothing);
    auto delta_of_other = delta(2);
    delta_of_other.market_id = MarketId(2);
    CHECK(feed.on(delta_of_other).what == What::delta);
    CHECK_FALSE(feed.due().is_never());
    feed.forget(market);
    CHECK(feed.due().is_never());
    feed.expect(MarketId(2), Deadline::after(Milliseconds(1000)));
    CHECK_FALSE(feed.due().is_never());
}

TEST_CASE("a snapshot with a price twice is a protocol error, in whatever order; levels in any order are a book") {
    const std::vector<std::vector<Level>> twice{{{99_d, 1_d}, {99_d, 2_d}},
                                                {{99_d, 1_d}, {98_d, 1_d}, {99_d, 1_d}},
                                                {{99_d, 0_d}, {99_d, 1_d}},
                                                {{97_d, 1_d}, {98_d, 1_d}, {99_d, 1_d}, {97_d, 0_d}}};
    for (const auto& levels : twice) {
        auto bad = snapshot(5);
        bad.bids = levels;
        CHECK_THROWS_AS(BookFeed().on(bad), Error);
        CHECK_THROWS_AS(checked_book(market, 5, {}, {}, levels), Error);
    }
    auto mixed = snapshot(5);
    mixed.bids = {{97_d, 1_d}, {99_d, 2_d}, {98_d, 3_d}};
    BookFeed feed;
    CHECK(feed.on(mixed).book->bids().top() == std::vector<Level>{{99_d, 2_d}, {98_d, 3_d}, {97_d, 1_d}});
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

TEST_CASE("a level of size 0 that is not there to be removed is harmless") {
    BookFeed feed;
    feed.on(snapshot(5));
    CHECK(feed.on(delta(6, {{97_d, 0_d}})).what == What::delta);
}

TEST_CASE("after a lost connection every book that was shown is resynced, not continued") {
    BookFeed feed;
    feed.on(snapshot(5));
    feed.disconnected();
    CHECK(feed.on(delta(6)).what == What::nothing);
    CHECK(feed.on(snapshot(5)).what == What::resynced);
    CHECK(feed.on(delta(6)).what == What::delta);
}

TEST_CASE("a connection lost before the first book: the book that then comes is the first one") {
    BookFeed feed;
    feed.expect(market, Deadline::after(Milliseconds(1000)));
    feed.disconnected();
    CHECK(feed.due().is_never());
    CHECK(feed.on(snapshot(5)).what == What::snapshot);
}

TEST_CASE("a whole book is awaited until it comes; a second gap gives no more time") {
    BookFeed feed;
    CHECK(feed.due().is_never());
    feed.expect(market, Deadline::at(Clock::now() - Milliseconds(1)));
    CHECK(feed.due().passed());
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    CHECK(feed.due().passed());
    feed.on(snapshot(5));
    CHECK(feed.due().is_never());
}

TEST_CASE("a REST snapshot is paired with the deltas above it") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    CHECK_FALSE(feed.wants_rest());
    CHECK(feed.on(snapshot(5)).what == What::nothing);
    CHECK(feed.wants_rest() == market);
    for (const std::uint64_t sequence : {6, 7, 8}) CHECK(feed.on(delta(sequence)).what == What::nothing);
    const auto step = feed.on(rest_snapshot(7));
    CHECK(step.what == What::snapshot);
    CHECK(step.book->sequence() == 8);
    CHECK(step.book->bids().best() == Level{99_d, 5_d});
    CHECK(step.book->bids().size() == 2);
    CHECK_FALSE(feed.wants_rest());
    CHECK(feed.on(delta(9)).what == What::delta);
}

TEST_CASE("a REST snapshot older than the deltas that are there is asked for again; one ahead of them is not") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(snapshot(5));
    CHECK(feed.on(rest_snapshot(4)).what == What::nothing);
    CHECK(feed.wants_rest() == market);
    CHECK(feed.on(rest_snapshot(9)).what == What::snapshot);
    CHECK(feed.on(delta(9)).what == What::nothing);
    CHECK(feed.on(delta(10)).what == What::delta);
}

TEST_CASE("paired with REST, a gap keeps the subscription and what came behind the gap") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(snapshot(5));
    feed.on(rest_snapshot(5));
    const auto step = feed.on(delta(8));
    CHECK(step.what == What::gap);
    CHECK_FALSE(step.resubscribe);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(delta(9));
    CHECK(feed.on(rest_snapshot(6)).what == What::nothing);
    const auto resynced = feed.on(rest_snapshot(7));
    CHECK(resynced.what == What::resynced);
    CHECK(resynced.book->sequence() == 9);
}

TEST_CASE("paired with REST, a gap within what is kept starts that over") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(snapshot(5));
    feed.on(delta(6));
    feed.on(delta(9));
    CHECK(feed.on(rest_snapshot(7)).what == What::nothing);
    CHECK(feed.on(rest_snapshot(8)).book->sequence() == 9);
}

TEST_CASE("paired with REST, a gap that the exchange reports needs a new subscription, however often it comes") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(snapshot(5));
    feed.on(rest_snapshot(5));
    CHECK(feed.on(md::OrderbookGap{market, 5, 9}).resubscribe);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    CHECK_FALSE(feed.wants_rest());
    const auto again = feed.on(md::OrderbookGap{market, 9, 12});
    CHECK(again.what == What::nothing);
    CHECK(again.resubscribe);
    feed.on(snapshot(12));
    CHECK(feed.on(rest_snapshot(12)).what == What::resynced);
}

TEST_CASE("a crossed REST snapshot, and a delta that crosses it, are protocol errors") {
    BookFeed feed(BookFeed::Source::rest);
    feed.expect(market, Deadline::after(Milliseconds(60'000)));
    feed.on(snapshot(5));
    auto crossed = rest_snapshot(5);
    crossed.bids = {{101_d, 1_d}};
    CHECK_THROWS_AS(feed.on(crossed), Error);
    feed.on(delta(6, {{101_d, 1_d}}));
    CHECK_THROWS_AS(feed.on(rest_snapshot(5)), Error);
}

TEST_CASE("whatever is dropped, repeated or swapped, a book that is shown is the one that the exchange had") {
    for (const auto source : {BookFeed::Source::stream, BookFeed::Source::rest}) {
        std::mt19937_64 random(11);
        // The exchange: one bid, whose size is the book's sequence.
        const auto whole = [](std::uint64_t sequence) {
            auto book = snapshot(sequence);
            book.bids.front().size = Decimal::whole(sequence);
            return book;
        };
        const auto change = [](std::uint64_t sequence) { return delta(sequence, {{99_d, Decimal::whole(sequence)}}); };
        BookFeed feed(source);
        int gaps = 0;
        int shown = 0;
        const auto look = [&](const BookFeed::Step& step) {
            if (step.book != nullptr) {
                ++shown;
                REQUIRE(step.book->bids().best().size.text() == std::to_string(step.book->sequence()));
            }
            gaps += step.what == What::gap;
            return step.what == What::gap;
        };
        std::uint64_t sequence = 1;
        feed.expect(market, Deadline::after(Milliseconds(60'000)));
        look(feed.on(whole(sequence)));
        for (int i = 0; i < 2'000; ++i) {
            ++sequence;
            bool gap = false;
            switch (random() % 20) {
            case 0: // dropped
                break;
            case 1: // repeated
                gap = look(feed.on(change(sequence))) || look(feed.on(change(sequence)));
                break;
            case 2: // swapped
                gap = look(feed.on(change(sequence + 1))) || look(feed.on(change(sequence)));
                ++sequence;
                break;
            default:
                gap = look(feed.on(change(sequence)));
            }
            if (gap) {
                feed.expect(market, Deadline::after(Milliseconds(60'000)));
                if (source == BookFeed::Source::stream) look(feed.on(whole(sequence)));
            }
            if (feed.wants_rest()) {
                const auto book = whole(sequence);
                look(feed.on(rest::OrderbookSnapshotResponse{market, sequence, {}, book.bids, book.asks}));
            }
        }
        CHECK(gaps > 50);
        CHECK(shown > 1'000);
    }
}

} // namespace omen::book_feed_test
