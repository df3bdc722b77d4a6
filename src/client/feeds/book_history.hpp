#pragma once

#include "client/feeds/stale_run.hpp"
#include "core/order_book.hpp"
#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace omen {

/// A book as the feed had it, at any of its latest sequences: to be compared with a snapshot from elsewhere.
/// Without I/O.
class BookHistory {
  public:
    /// `kept`: how many deltas can be gone back.
    explicit BookHistory(std::size_t kept = 10'000) : kept_(kept) {}

    /// Starts over.
    void on(const md::OrderbookSnapshot& snapshot);
    /// False when data is missing: there is no history until the next snapshot. Errors as those of checked_book().
    bool on(const md::OrderbookDelta& delta);
    void reset();

    /// The newest sequence; nothing without a book.
    std::optional<std::uint64_t> newest() const;
    /// The book at this sequence; nothing where it is older than what is kept, or yet to come.
    std::optional<OrderBook> at(std::uint64_t sequence) const;

  private:
    std::size_t kept_;
    OrderBook base_;
    StaleRun stale_;
    std::deque<md::OrderbookDelta> deltas_; ///< in sequence, from base_ on
};

/// A price at which two books differ; a size that is not there is no level.
struct LevelDifference {
    std::string side; ///< bid or ask
    Decimal price;
    std::optional<Decimal> streamed;
    std::optional<Decimal> rest;

    bool operator==(const LevelDifference&) const = default;

    static constexpr auto declaration() {
        return wire::record(
            "difference", wire::field("side", &LevelDifference::side), wire::field("price", &LevelDifference::price),
            wire::field("streamed", &LevelDifference::streamed), wire::field("rest", &LevelDifference::rest));
    }
};

/// All levels at which a streamed book differs from a REST snapshot of the same sequence: bids, then asks, best first.
std::vector<LevelDifference> differences(const OrderBook& streamed, const OrderBook& rest);

} // namespace omen
