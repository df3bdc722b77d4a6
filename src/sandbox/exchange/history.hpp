#pragma once

#include "core/enums.hpp"
#include "sandbox/exchange/facts.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace omen::sandbox {

/// Which candles: those with from ≤ open_time < to. Of too many, the first when `from` is given, else the last.
struct CandleQuery {
    Interval interval = Interval::m1;
    std::optional<Timestamp> from{};
    std::optional<Timestamp> to{};
    std::size_t limit = 500;
};

/// What happened in the 24 hours up to a moment, to the minute. Of a market that did not trade then, the prices
/// are the last known.
struct DayStatistics {
    Decimal high;
    Decimal low;
    Decimal volume;
    std::optional<Decimal> change; ///< since 24 hours ago, or since the first known trade; a fraction
};

/// One market's past: the latest trades, and candles of one minute from which all others are made, of the latest
/// minutes that had a trade.
class History {
  public:
    static constexpr std::size_t minutes_kept = 7 * 24 * 60;

    explicit History(std::size_t trades_kept) : trades_kept_(trades_kept) {}

    /// Takes a trade.
    void add(const TradeFacts& trade);

    std::optional<Decimal> last_price() const;
    /// Newest first.
    std::vector<TradeFacts> trades(std::size_t limit) const;
    /// Oldest first. An interval without a trade has no candle.
    std::vector<CandleFacts> candles(const CandleQuery& query) const;
    /// Nothing as long as there was no trade at all.
    std::optional<DayStatistics> day(Timestamp now) const;

  private:
    std::size_t trades_kept_;
    std::deque<TradeFacts> trades_; ///< oldest first
    std::map<Timestamp, CandleFacts> minutes_;
};

/// How long an interval is, in milliseconds.
std::int64_t length_of(Interval interval);

} // namespace omen::sandbox
