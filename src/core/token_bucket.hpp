#pragma once

#include "core/time.hpp"

#include <cstdint>

namespace omen {

/// A token bucket: `burst` tokens at most, refilled at `per_second`. It starts full. Time is passed in, and kept in
/// whole nanoseconds per token, so that nothing drifts.
class TokenBucket {
  public:
    TokenBucket(std::uint32_t per_second, std::uint32_t burst);

    /// Takes a token if there is one.
    bool take(Clock::time_point now);
    /// How long until take() will succeed this many times in a row; zero when it would now. At most `burst`.
    Clock::duration wait(Clock::time_point now, std::uint32_t times = 1) const;

  private:
    Clock::duration per_token_;
    Clock::duration capacity_;
    /// The bucket as a moment: it holds (now - empty_at_) / per_token_ tokens, `burst` at most.
    Clock::time_point empty_at_{};
};

} // namespace omen
