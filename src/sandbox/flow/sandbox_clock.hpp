#pragma once

#include "core/time.hpp"

namespace omen::sandbox {

/// The time, as the exchange and its servers have it: one object, so that whoever replaces it, a test or a simulator,
/// moves everything at once. This one is the system's clock.
class SandboxClock {
  public:
    virtual ~SandboxClock() = default;

    /// What the exchange calls now: of orders, trades, candles, funding, and in every message.
    virtual Timestamp exchange() const { return machine(); }
    /// What this machine calls now, whatever time it is in the markets: of tokens.
    virtual Timestamp machine() const { return Timestamp::now(); }
    /// The machine's time that is never set: of rate limits.
    virtual Clock::time_point steady() const { return Clock::now(); }
};

} // namespace omen::sandbox
