#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace omen {

/// A price and the total size resting there. In a delta, size 0 removes the level.
struct Level {
    Decimal price;
    Decimal size;

    bool operator==(const Level&) const = default;
};

/// One side of a book. The best level stands at the back of a flat vector, where nearly all changes happen.
class BookSide {
  public:
    explicit BookSide(Side side) : side_(side) {}

    /// Sets the size at a price; 0 removes the level.
    void set(Level level);
    void clear() { levels_.clear(); }
    bool empty() const { return levels_.empty(); }
    std::size_t size() const { return levels_.size(); }
    /// The n-th best level, 0 being the best.
    const Level& operator[](std::size_t n) const { return levels_[levels_.size() - 1 - n]; }
    const Level& best() const { return levels_.back(); }
    /// The best levels first, at most `depth` of them.
    std::vector<Level> top(std::size_t depth = SIZE_MAX) const;

  private:
    template <class Worse> std::vector<Level>::iterator find(Decimal price, Worse worse);

    Side side_;
    std::vector<Level> levels_;
};

/// What a book made of a delta.
enum class Applied {
    applied, ///< it was the next one
    stale,   ///< at or below the book's sequence: already contained
    gap,     ///< not the next one, or there is no snapshot yet: the book must not be shown until a fresh snapshot
};

/// An L2 book kept from a snapshot and sequenced deltas. After a gap it holds nothing until the next snapshot, so a
/// stale book can't be shown.
class OrderBook {
  public:
    /// Starts over from a snapshot. The levels may be in any order.
    void apply_snapshot(std::uint64_t sequence, Timestamp at, std::span<const Level> bids, std::span<const Level> asks);
    /// Applies a delta if it is the next one.
    Applied apply_delta(std::uint64_t sequence, Timestamp at, std::span<const Level> bids, std::span<const Level> asks);
    /// Forgets everything until the next snapshot.
    void reset();

    /// Whether there is a book to show.
    bool valid() const { return sequence_.has_value(); }
    /// The sequence of the last change contained. Only for a valid book.
    std::uint64_t sequence() const { return *sequence_; }
    Timestamp timestamp() const { return timestamp_; }
    const BookSide& bids() const { return bids_; }
    const BookSide& asks() const { return asks_; }
    /// Whether the best bid is at or above the best ask, which no exchange publishes.
    bool crossed() const;

  private:
    std::optional<std::uint64_t> sequence_;
    Timestamp timestamp_;
    BookSide bids_{Side::buy};
    BookSide asks_{Side::sell};
};

} // namespace omen
