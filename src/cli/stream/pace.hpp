#pragma once

#include "core/ids.hpp"
#include "core/time.hpp"

#include <map>
#include <optional>

namespace omen {

/// Thins out what is shown of each market: at most once an interval. What comes sooner is held back, and then shown as
/// it is by that time. Time is passed in.
class Pace {
  public:
    explicit Pace(Milliseconds interval) : interval_(interval) {}

    /// There is something new of a market: whether to show it now. Otherwise take() gives it when it is due.
    bool offer(const MarketId& market, Clock::time_point now);
    /// What is held back of a market holds no longer.
    void withdraw(const MarketId& market) { markets_[market].held = false; }
    void withdraw_all();
    /// When the first of what is held back is due; never when nothing is.
    Deadline next() const;
    /// A market that is due to be shown; nothing when there is none.
    std::optional<MarketId> take(Clock::time_point now);

  private:
    struct Shown {
        std::optional<Clock::time_point> next{}; ///< not to be shown before
        bool held = false;
    };

    Milliseconds interval_;
    std::map<MarketId, Shown> markets_;
};

} // namespace omen
