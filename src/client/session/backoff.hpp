#pragma once

#include "core/time.hpp"

#include <cstdint>

namespace omen {

/// When to connect again after a connection was lost: soon at first, then ever later, up to ten seconds apart; with
/// jitter, so that clients that lost the same exchange do not come back all at once. Time and chance are passed in.
class Backoff {
  public:
    static constexpr Milliseconds first{250};
    static constexpr Milliseconds longest{10'000};

    /// `seed`: anything that differs between processes.
    explicit Backoff(std::uint64_t seed) : random_(seed | 1) {}

    /// A connection is there. Only one that then holds for as long as the longest wait makes the next wait a short one:
    /// an exchange that accepts and drops is not to be hammered.
    void connected(Clock::time_point now) { connected_ = now; }
    /// A connection was lost, or could not be had: when to try next.
    Clock::time_point retry_at(Clock::time_point now);

  private:
    std::uint64_t random_;
    unsigned failures_ = 0;
    Clock::time_point connected_ = Clock::time_point::max();
};

} // namespace omen
