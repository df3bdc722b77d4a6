#pragma once

#include "protocol/recording.hpp"
#include "sandbox/flow/market_flow.hpp"

#include <cstddef>

namespace omen::sandbox {

/// The market flow of a recording. Books start at the first snapshot of their market, every recorded delta is one
/// published delta, so published sequences are the recorded ones plus the deltas that users' orders caused. Timestamps
/// are shifted by one constant to now; a trade from before its market's first snapshot is history. A later snapshot,
/// behind a gap, becomes one delta. Recorded spot prices, and the index prices of recorded funding, are the index;
/// marks and rates are the exchange's own.
class Replay : public MarketFlow {
  public:
    /// With `loop` the end is followed by the first snapshot, as one delta, and all of it again. A usage Error when an
    /// event belongs to a market that the recording does not name.
    explicit Replay(Recording recording, bool loop = false);

    std::vector<rest::MarketResponse> markets() const override { return markets_; }
    void open(Exchange& exchange, Timestamp now) override;
    std::optional<std::chrono::microseconds> due() const override;
    void step(Exchange& exchange, Timestamp now) override;
    bool waits_for_subscribers() const override { return true; }

  private:
    void rewind(Exchange& exchange);
    Timestamp shifted(Timestamp at) const { return {at.ms + shift_ms_}; }
    md::Trade shifted(md::Trade trade) const;

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
