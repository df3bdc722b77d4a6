// Each market's book is in one of three states, and events of the feed move it:
//
//   awaited  there has been no book yet
//   whole    the book is right up to its sequence
//   gapped   data is missing, or the connection was lost after a book had been shown
//
// A snapshot makes the book whole; the first one is reported as `snapshot`, one after a gap as `resynced`. In a whole
// book a delta at or below its sequence is stale and dropped, the next one is applied, and any other shows a hole: the
// book is discarded, and a `gap` reported, once, however many events go on showing it. So do stale deltas that show
// that the exchange counts anew (StaleRun), and the exchange's own orderbook_gap. A lost connection discards every
// book, the end of a subscription that of its market, and neither reports anything: the caller knows.
//
// Where whole books come from the feed (Source::stream), a gap makes the caller subscribe again, which brings a fresh
// snapshot. Where they come from REST, the feed's part is to establish from which sequence on no delta is missing:
//
//   base      the sequence of the feed's snapshot, or the one before the delta that showed a hole
//   buffered  the deltas above base; a further hole starts both anew
//
// A REST snapshot at or above base is a whole book once the buffered deltas above it have been applied; an older one
// cannot be paired, and is fetched again. A hole needs no new subscription then, for the feed goes on; behind an
// orderbook_gap nothing comes until there is one.
//
// The promise: a book that is handed out is one snapshot and every delta since. One that contradicts itself (crossed,
// with a price twice, or with a price or size that cannot be) is an error and no gap: such a feed cannot be trusted.

#include "client/feeds/book_feed.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <utility>

namespace omen {

namespace {

[[noreturn]] void broken(const MarketId& market, std::uint64_t sequence, const char* why) {
    throw Error(Fault::protocol, "book " + market.text() + ": " + why + " at sequence " + std::to_string(sequence),
                {.code = "invalid_book", .hint = "the exchange's feed can't be trusted now"});
}

void check_levels(const MarketId& market, std::uint64_t sequence, const std::vector<Level>& levels) {
    const auto wrong = [](const Level& level) { return level.size.is_negative() || !level.price.is_positive(); };
    if (std::any_of(levels.begin(), levels.end(), wrong)) broken(market, sequence, "a negative price or size");
}

bool has_price_twice(const std::vector<Level>& levels) {
    const auto at_or_below = [](const Level& left, const Level& right) { return left.price >= right.price; };
    const auto at_or_above = [](const Level& left, const Level& right) { return left.price <= right.price; };
    // Levels come in order: mostly nothing needs to be copied.
    if (std::adjacent_find(levels.begin(), levels.end(), at_or_below) == levels.end() ||
        std::adjacent_find(levels.begin(), levels.end(), at_or_above) == levels.end())
        return false;
    std::vector<Decimal> prices;
    for (const auto& level : levels) prices.push_back(level.price);
    std::sort(prices.begin(), prices.end());
    return std::adjacent_find(prices.begin(), prices.end()) != prices.end();
}

void check_crossing(const MarketId& market, const OrderBook& book) {
    if (book.crossed()) broken(market, book.sequence(), "a crossed book");
}

} // namespace

OrderBook checked_book(const MarketId& market, std::uint64_t sequence, std::optional<Timestamp> at,
                       const std::vector<Level>& bids, const std::vector<Level>& asks) {
    for (const auto* levels : {&bids, &asks}) {
        check_levels(market, sequence, *levels);
        if (has_price_twice(*levels)) broken(market, sequence, "a price twice");
    }
    OrderBook book;
    book.apply_snapshot(sequence, at, bids, asks);
    check_crossing(market, book);
    return book;
}

Applied apply_checked(OrderBook& book, const md::OrderbookDelta& delta) {
    check_levels(delta.market_id, delta.sequence, delta.bids);
    check_levels(delta.market_id, delta.sequence, delta.asks);
    const auto applied = book.apply_delta(delta.sequence, delta.timestamp, delta.bids, delta.asks);
    if (applied == Applied::applied) check_crossing(delta.market_id, book);
    return applied;
}

void BookFeed::expect(const MarketId& market, Deadline by) {
    auto& entry = books_[market];
    if (!entry.due.is_never()) return;
    ++awaited_;
    entry.due = by;
}

void BookFeed::disconnected() {
    for (auto& [market, entry] : books_) lost(entry);
}

void BookFeed::lost(const MarketId& market) {
    lost(books_[market]);
}

void BookFeed::lost(FollowedBook& entry) {
    entry.book.reset();
    entry.gapped = entry.gapped || entry.shown;
    if (!std::exchange(entry.due, Deadline::never()).is_never()) --awaited_;
    entry.base.reset();
    entry.buffered.clear();
}

void BookFeed::forget(const MarketId& market) {
    lost(market);
    books_.erase(market);
}

Deadline BookFeed::due() const {
    auto due = Deadline::never();
    if (awaited_ == 0) return due;
    for (const auto& [market, entry] : books_) due = due.earlier(entry.due);
    return due;
}

std::optional<MarketId> BookFeed::wants_rest() const {
    if (awaited_ == 0 || source_ != Source::rest) return std::nullopt;
    for (const auto& [market, entry] : books_)
        if (!entry.due.is_never() && entry.base) return market;
    return std::nullopt;
}

BookFeed::Step BookFeed::on(const md::OrderbookSnapshot& snapshot) {
    auto& entry = books_[snapshot.market_id];
    if (source_ == Source::stream)
        return whole(entry, checked_book(snapshot.market_id, snapshot.sequence, snapshot.timestamp, snapshot.bids,
                                         snapshot.asks));
    // It only says from where on the deltas are all there.
    if (entry.book.valid()) return {};
    entry.base = snapshot.sequence;
    entry.buffered.clear();
    return {};
}

BookFeed::Step BookFeed::on(const md::OrderbookDelta& delta) {
    auto& entry = books_[delta.market_id];
    if (source_ == Source::rest && !entry.book.valid()) {
        buffer(entry, delta);
        return {};
    }
    if (entry.gapped) return {};
    switch (apply_checked(entry.book, delta)) {
    case Applied::stale:
        if (!entry.stale.counts_anew(entry.book.timestamp(), delta.timestamp)) return {};
        break;
    case Applied::gap:
        break;
    case Applied::applied:
        entry.stale.moved();
        entry.last_sequence = delta.sequence;
        return {.what = What::delta, .book = &entry.book};
    }
    const auto step = gap(entry, entry.last_sequence, delta.sequence, source_ == Source::stream);
    if (source_ == Source::rest) {
        entry.base = std::max<std::uint64_t>(delta.sequence, 1) - 1;
        buffer(entry, delta);
    }
    return step;
}

BookFeed::Step BookFeed::on(const md::OrderbookGap& event) {
    auto& entry = books_[event.market_id];
    // Nothing follows such an event until the channel is subscribed to again.
    if (entry.gapped && source_ == Source::stream) return {};
    return gap(entry, event.last_sequence, event.next_sequence, true);
}

BookFeed::Step BookFeed::on(const rest::OrderbookSnapshotResponse& snapshot) {
    auto& entry = books_[snapshot.market_id];
    if (entry.book.valid() || !entry.base || snapshot.sequence < *entry.base) return {};
    auto book = checked_book(snapshot.market_id, snapshot.sequence, snapshot.timestamp, snapshot.bids, snapshot.asks);
    for (const auto& delta : entry.buffered) apply_checked(book, delta);
    return whole(entry, std::move(book));
}

BookFeed::Step BookFeed::whole(FollowedBook& entry, OrderBook book) {
    entry.book = std::move(book);
    entry.stale.begin();
    entry.last_sequence = entry.book.sequence();
    if (!std::exchange(entry.due, Deadline::never()).is_never()) --awaited_;
    entry.base.reset();
    entry.buffered.clear();
    entry.shown = true;
    return {.what = std::exchange(entry.gapped, false) ? What::resynced : What::snapshot, .book = &entry.book};
}

BookFeed::Step BookFeed::gap(FollowedBook& entry, std::optional<std::uint64_t> last, std::optional<std::uint64_t> next,
                             bool resubscribe) {
    entry.book.reset();
    entry.base.reset();
    entry.buffered.clear();
    const bool reported = std::exchange(entry.gapped, true);
    return {.what = reported ? What::nothing : What::gap,
            .resubscribe = resubscribe,
            .last_sequence = last,
            .next_sequence = next};
}

/// Only what follows without a hole is worth keeping.
void BookFeed::buffer(FollowedBook& entry, const md::OrderbookDelta& delta) {
    if (!entry.base) return;
    const auto last = entry.buffered.empty() ? *entry.base : entry.buffered.back().sequence;
    if (delta.sequence <= last) return;
    if (delta.sequence != last + 1) {
        entry.buffered.clear();
        entry.base = delta.sequence - 1;
    }
    entry.buffered.push_back(delta);
}

} // namespace omen
