#pragma once

#include "core/order_book.hpp"
#include "protocol/market_data.hpp"

#include <cstdint>
#include <map>

namespace omen {

/// Keeps the books of any number of markets right from the feed's events: a state machine without I/O. A book that is
/// not gap-free is never handed out.
class BookFeed {
  public:
    enum class What {
        nothing,  ///< stale, or of no interest while a snapshot is awaited
        snapshot, ///< the first book of a market
        delta,    ///< the book moved on by one
        gap,      ///< data is missing: there is no book until the next snapshot
        resynced, ///< the first book after a gap
    };
    struct Step {
        What what = What::nothing;
        const OrderBook* book = nullptr; ///< for snapshot, delta and resynced
        bool resubscribe = false;        ///< the caller must ask for a fresh snapshot now
        std::uint64_t last_sequence = 0; ///< for a gap: the last one that was applied
        std::uint64_t next_sequence = 0; ///< for a gap: the one that came instead of the next
    };

    /// What an event means. A book that is crossed, or a negative size, is a protocol Error.
    Step on(const md::OrderbookSnapshot& snapshot);
    Step on(const md::OrderbookDelta& delta);
    Step on(const md::OrderbookGap& gap);

  private:
    struct Entry {
        OrderBook book;
        std::uint64_t last_sequence = 0;
        bool gapped = false;
    };
    Step gap(Entry& entry, std::uint64_t last, std::uint64_t next);

    std::map<MarketId, Entry> entries_;
};

} // namespace omen
