#include "client/book_feed.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace omen {

namespace {

[[noreturn]] void broken(const MarketId& market, std::uint64_t sequence, const char* why) {
    throw Error(Fault::protocol, "book " + market.text() + ": " + why + " at sequence " + std::to_string(sequence),
                {.code = "invalid_book", .hint = "the exchange's feed can't be trusted now"});
}

void check_sizes(const MarketId& market, std::uint64_t sequence, std::span<const Level> levels) {
    const auto negative = [](const Level& level) { return level.size.is_negative() || !level.price.is_positive(); };
    if (std::any_of(levels.begin(), levels.end(), negative)) broken(market, sequence, "a negative price or size");
}

} // namespace

BookFeed::Step BookFeed::on(const md::OrderbookSnapshot& snapshot) {
    auto& entry = entries_[snapshot.market_id];
    check_sizes(snapshot.market_id, snapshot.sequence, snapshot.bids);
    check_sizes(snapshot.market_id, snapshot.sequence, snapshot.asks);
    entry.book.apply_snapshot(snapshot.sequence, snapshot.timestamp, snapshot.bids, snapshot.asks);
    if (entry.book.crossed()) broken(snapshot.market_id, snapshot.sequence, "a crossed book");
    entry.last_sequence = snapshot.sequence;
    return {.what = std::exchange(entry.gapped, false) ? What::resynced : What::snapshot, .book = &entry.book};
}

BookFeed::Step BookFeed::on(const md::OrderbookDelta& delta) {
    auto& entry = entries_[delta.market_id];
    if (entry.gapped) return {};
    check_sizes(delta.market_id, delta.sequence, delta.bids);
    check_sizes(delta.market_id, delta.sequence, delta.asks);
    switch (entry.book.apply_delta(delta.sequence, delta.timestamp, delta.bids, delta.asks)) {
    case Applied::stale:
        return {};
    case Applied::gap:
        return gap(entry, entry.last_sequence, delta.sequence);
    case Applied::applied:
        break;
    }
    if (entry.book.crossed()) broken(delta.market_id, delta.sequence, "a crossed book");
    entry.last_sequence = delta.sequence;
    return {.what = What::delta, .book = &entry.book};
}

BookFeed::Step BookFeed::on(const md::OrderbookGap& event) {
    auto& entry = entries_[event.market_id];
    if (entry.gapped) return {};
    return gap(entry, event.last_sequence, event.next_sequence);
}

BookFeed::Step BookFeed::gap(Entry& entry, std::uint64_t last, std::uint64_t next) {
    entry.book.reset();
    entry.gapped = true;
    return {.what = What::gap, .resubscribe = true, .last_sequence = last, .next_sequence = next};
}

} // namespace omen
