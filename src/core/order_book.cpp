#include "core/order_book.hpp"

#include <algorithm>

namespace omen {

/// The first level that is not worse than the price. Most changes are near the best, so that is where it looks first;
/// which half of what is left can't be predicted, and is found without a branch.
template <class Worse> std::size_t BookSide::find(Decimal price, Worse worse) const {
    std::size_t left = 32;
    while (left < levels_.size() && !worse(levels_[levels_.size() - left - 1].price, price)) left *= 2;
    left = std::min(left, levels_.size());
    auto first = levels_.size() - left;
    while (left > 0) {
        const auto half = (left + 1) / 2;
        first += half & -static_cast<std::size_t>(worse(levels_[first + half - 1].price, price));
        left /= 2;
    }
    return first;
}

std::size_t BookSide::find(Decimal price) const {
    const auto below = [](Decimal a, Decimal b) { return a.units() < b.units(); };
    const auto above = [](Decimal a, Decimal b) { return a.units() > b.units(); };
    return side_ == Side::buy ? find(price, below) : find(price, above);
}

void BookSide::set(Level level) {
    auto& place = places_[level.price.hash<place_bits>()];
    const auto is_there = [&] { return place < levels_.size() && levels_[place].price == level.price; };
    if (!is_there()) {
        place = static_cast<std::uint32_t>(find(level.price));
        if (!is_there()) {
            if (!level.size.is_zero()) levels_.insert(levels_.begin() + place, level);
            return;
        }
    }
    auto& size = levels_[place].size;
    removed_ -= size.is_zero();
    size = level.size;
    if (!size.is_zero()) return;
    ++removed_;
    forget_removed();
}

void BookSide::forget_removed() {
    const auto is_removed = [](const Level& level) { return level.size.is_zero(); };
    for (; !levels_.empty() && is_removed(levels_.back()); levels_.pop_back()) --removed_;
    if (removed_ > 32 + levels_.size() / 4) removed_ -= std::erase_if(levels_, is_removed);
}

void BookSide::clear() {
    levels_.clear();
    removed_ = 0;
}

std::vector<Level> BookSide::top(std::size_t depth) const {
    std::vector<Level> levels;
    top(depth, levels);
    return levels;
}

void BookSide::top(std::size_t depth, std::vector<Level>& levels) const {
    levels.clear();
    levels.reserve(std::min(depth, size()));
    for (auto level = begin(); level != end() && levels.size() < depth; ++level) levels.push_back(*level);
}

void OrderBook::apply_snapshot(std::uint64_t sequence, std::optional<Timestamp> at, std::span<const Level> bids,
                               std::span<const Level> asks) {
    reset();
    // Snapshots come best first; from the back each one is appended instead of inserted.
    for (auto level = bids.rbegin(); level != bids.rend(); ++level) bids_.set(*level);
    for (auto level = asks.rbegin(); level != asks.rend(); ++level) asks_.set(*level);
    sequence_ = sequence;
    timestamp_ = at;
}

Applied OrderBook::apply_delta(std::uint64_t sequence, std::optional<Timestamp> at, std::span<const Level> bids,
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
