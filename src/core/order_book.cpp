#include "core/order_book.hpp"

#include <algorithm>

namespace omen {

/// The first level that is not worse than the price. Most changes are near the best, so that is where it looks first;
/// which half of what is left can't be predicted, and is found without a branch.
template <class Worse> std::vector<Level>::iterator BookSide::find(Decimal price, Worse worse) {
    std::size_t left = 32;
    while (left < levels_.size() && !worse(levels_[levels_.size() - left - 1].price, price)) left *= 2;
    left = std::min(left, levels_.size());
    auto first = levels_.end() - static_cast<std::ptrdiff_t>(left);
    while (left > 0) {
        const auto half = static_cast<std::ptrdiff_t>((left + 1) / 2);
        first += half & -static_cast<std::ptrdiff_t>(worse(first[half - 1].price, price));
        left /= 2;
    }
    return first;
}

void BookSide::set(Level level) {
    const auto below = [](Decimal a, Decimal b) { return a.units() < b.units(); };
    const auto above = [](Decimal a, Decimal b) { return a.units() > b.units(); };
    const auto at = side_ == Side::buy ? find(level.price, below) : find(level.price, above);
    const bool found = at != levels_.end() && at->price == level.price;
    if (level.size.is_zero()) {
        if (found) levels_.erase(at);
    } else if (found) {
        at->size = level.size;
    } else {
        levels_.insert(at, level);
    }
}

std::vector<Level> BookSide::top(std::size_t depth) const {
    const auto count = static_cast<std::ptrdiff_t>(std::min(depth, levels_.size()));
    return {levels_.rbegin(), levels_.rbegin() + count};
}

void OrderBook::apply_snapshot(std::uint64_t sequence, Timestamp at, std::span<const Level> bids,
                               std::span<const Level> asks) {
    reset();
    // Snapshots come best first; from the back each one is appended instead of inserted.
    for (auto level = bids.rbegin(); level != bids.rend(); ++level) bids_.set(*level);
    for (auto level = asks.rbegin(); level != asks.rend(); ++level) asks_.set(*level);
    sequence_ = sequence;
    timestamp_ = at;
}

Applied OrderBook::apply_delta(std::uint64_t sequence, Timestamp at, std::span<const Level> bids,
                               std::span<const Level> asks) {
    if (!sequence_) return Applied::gap;
    if (sequence <= *sequence_) return Applied::stale;
    if (sequence != *sequence_ + 1) {
        reset();
        return Applied::gap;
    }
    for (const auto& level : bids) bids_.set(level);
    for (const auto& level : asks) asks_.set(level);
    sequence_ = sequence;
    timestamp_ = at;
    return Applied::applied;
}

void OrderBook::reset() {
    sequence_.reset();
    bids_.clear();
    asks_.clear();
}

bool OrderBook::crossed() const {
    return !bids_.empty() && !asks_.empty() && bids_.best().price >= asks_.best().price;
}

} // namespace omen
