#pragma once

#include "protocol/recording.hpp"
#include "sandbox/flow/market_flow.hpp"

#include <cstddef>

namespace omen::sandbox {

/// The market flow of a recording: every recorded delta is one published delta. Recorded spot prices, and the index
/// prices of recorded funding, are the index; marks and rates are the exchange's own.
class Replay : public MarketFlow {
  public:
    /// With `loop` it begins again at the end. A usage Error when an event belongs to a market that the recording does
    /// not name.
    explicit Replay(Recording recording, bool loop = false);

    std::vector<rest::MarketResponse> markets() const override { return markets_; }
    void open(Exchange& exchange, Timestamp now) override;
    std::optional<std::chrono::microseconds> due() const override;
    void step(Exchange& exchange, Timestamp now) override;
    bool waits_for_subscribers() const override { return true; }

  private:
    void rewind(Exchange& exchange, Timestamp now);
    /// A recorded moment as it is replayed; what was recorded without one happens now.
    Timestamp shifted(std::optional<Timestamp> recorded, Timestamp now) const;
    md::Trade shifted(md::Trade trade, Timestamp now) const;

    std::vector<rest::MarketResponse> markets_;
    std::vector<md::OrderbookSnapshot> opening_; ///< the first one of each market
    std::vector<md::Trade> past_;                ///< oldest first
    std::vector<RecordedEvent> live_;            ///< trades, index prices, deltas without a gap, snapshots behind one
    bool loop_;

    std::size_t next_ = 0;                    ///< in live_
    std::size_t round_ = 0;                   ///< how often the end was reached
    std::chrono::microseconds round_start_{}; ///< since the start of the first round
    std::int64_t shift_ms_ = 0;
};

} // namespace omen::sandbox
