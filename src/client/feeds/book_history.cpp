#include "client/feeds/book_history.hpp"

#include "client/feeds/book_feed.hpp"

namespace omen {

namespace {

/// Walks down two sides at once, best first.
void compare(const char* side, const BookSide& streamed, const BookSide& rest, bool (*is_better)(Decimal, Decimal),
             std::vector<LevelDifference>& found) {
    auto left = streamed.begin();
    auto right = rest.begin();
    while (left != streamed.end() || right != rest.end()) {
        const bool only_left = right == rest.end() || (left != streamed.end() && is_better(left->price, right->price));
        const bool only_right = !only_left && (left == streamed.end() || is_better(right->price, left->price));
        if (only_left) {
            found.push_back({side, left->price, left->size, std::nullopt});
            ++left;
        } else if (only_right) {
            found.push_back({side, right->price, std::nullopt, right->size});
            ++right;
        } else {
            if (left->size != right->size) found.push_back({side, right->price, left->size, right->size});
            ++left;
            ++right;
        }
    }
}

} // namespace

void BookHistory::on(const md::OrderbookSnapshot& snapshot) {
    base_ = checked_book(snapshot.market_id, snapshot.sequence, snapshot.timestamp, snapshot.bids, snapshot.asks);
    deltas_.clear();
    stale_.begin();
}

bool BookHistory::on(const md::OrderbookDelta& delta) {
    const auto last = newest();
    if (!last) return false;
    const bool stale = delta.sequence <= *last;
    const auto at = deltas_.empty() ? base_.timestamp() : deltas_.back().timestamp;
    if (stale && !stale_.counts_anew(at, delta.timestamp)) return true;
    if (delta.sequence != *last + 1) {
        reset();
        return false;
    }
    stale_.moved();
    deltas_.push_back(delta);
    if (deltas_.size() > kept_) {
        apply_checked(base_, deltas_.front());
        deltas_.pop_front();
    }
    return true;
}

void BookHistory::reset() {
    base_.reset();
    deltas_.clear();
}

std::optional<std::uint64_t> BookHistory::newest() const {
    if (!base_.valid()) return std::nullopt;
    return deltas_.empty() ? base_.sequence() : deltas_.back().sequence;
}

std::optional<OrderBook> BookHistory::at(std::uint64_t sequence) const {
    const auto last = newest();
    if (!last || sequence < base_.sequence() || sequence > *last) return std::nullopt;
    auto book = base_;
    for (const auto& delta : deltas_)
        if (delta.sequence <= sequence) apply_checked(book, delta);
    return book;
}

std::vector<LevelDifference> differences(const OrderBook& streamed, const OrderBook& rest) {
    std::vector<LevelDifference> found;
    compare(
        "bid", streamed.bids(), rest.bids(), [](Decimal a, Decimal b) { return a > b; }, found);
    compare(
        "ask", streamed.asks(), rest.asks(), [](Decimal a, Decimal b) { return a < b; }, found);
    return found;
}

} // namespace omen
