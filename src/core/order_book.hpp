#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
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

/// One side of a book: a flat vector with the best level at the back, where nearly all changes happen. Most prices that
/// go come back: a level that is removed stays there with size 0, so that no other has to move, until such levels are
/// at the back or too many. Where a price was found is remembered, and looked at first.
class BookSide {
  public:
    /// Goes from the best level to the worst.
    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Level;
        using difference_type = std::ptrdiff_t;
        using pointer = const Level*;
        using reference = const Level&;

        Iterator() = default;
        reference operator*() const { return levels_[left_ - 1]; }
        pointer operator->() const { return &**this; }
        Iterator& operator++() {
            do --left_;
            while (left_ > 0 && levels_[left_ - 1].size.is_zero());
            return *this;
        }
        Iterator operator++(int) {
            auto before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const { return left_ == other.left_; }

      private:
        friend class BookSide;
        Iterator(const Level* levels, std::size_t left) : levels_(levels), left_(left) {}

        const Level* levels_ = nullptr;
        std::size_t left_ = 0;
    };

    explicit BookSide(Side side) : side_(side) {}

    /// Sets the size at a price; 0 removes the level.
    void set(Level level);
    void clear();
    bool empty() const { return levels_.empty(); }
    std::size_t size() const { return levels_.size() - removed_; }
    const Level& best() const { return levels_.back(); }
    Iterator begin() const { return {levels_.data(), levels_.size()}; }
    Iterator end() const { return {levels_.data(), 0}; }
    /// The best levels first, at most `depth` of them.
    std::vector<Level> top(std::size_t depth = SIZE_MAX) const;
    /// The same, into memory that is there already.
    void top(std::size_t depth, std::vector<Level>& levels) const;

  private:
    std::size_t find(Decimal price) const;
    template <class Worse> std::size_t find(Decimal price, Worse worse) const;
    void forget_removed();

    static constexpr unsigned place_bits = 9;

    Side side_;
    std::vector<Level> levels_;
    std::size_t removed_ = 0; ///< how many of them have size 0; the best one never has
    /// By a price's hash, where it may be in levels_.
    std::array<std::uint32_t, std::size_t{1} << place_bits> places_{};
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
    void apply_snapshot(std::uint64_t sequence, std::optional<Timestamp> at, std::span<const Level> bids,
                        std::span<const Level> asks);
    /// Applies a delta if it is the next one.
    Applied apply_delta(std::uint64_t sequence, std::optional<Timestamp> at, std::span<const Level> bids,
                        std::span<const Level> asks);
    /// Forgets everything until the next snapshot.
    void reset();

    /// Whether there is a book to show.
    bool valid() const { return sequence_.has_value(); }
    /// The sequence of the last change contained. Only for a valid book.
    std::uint64_t sequence() const { return *sequence_; }
    /// Of the last change; none where the exchange did not say.
    std::optional<Timestamp> timestamp() const { return timestamp_; }
    const BookSide& bids() const { return bids_; }
    const BookSide& asks() const { return asks_; }
    /// Whether the best bid is at or above the best ask, which no exchange publishes.
    bool crossed() const;

  private:
    std::optional<std::uint64_t> sequence_;
    std::optional<Timestamp> timestamp_;
    BookSide bids_{Side::buy};
    BookSide asks_{Side::sell};
};

} // namespace omen
