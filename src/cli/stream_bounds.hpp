#pragma once

#include "core/error.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace omen {

/// When a stream ends by itself. `for_` and `idle` alone are how it is meant to end; beside `count` they are its time
/// limit.
struct StreamLimits {
    std::optional<std::uint64_t> count{}; ///< after this many lines
    std::optional<Milliseconds> for_{};   ///< this long after it began
    std::optional<Milliseconds> idle{};   ///< when nothing has come for this long
};

/// The limits of a running stream. Time is passed in.
class StreamBounds {
  public:
    StreamBounds(const StreamLimits& limits, Clock::time_point now) : limits_(limits), began_(now), last_(now) {}

    /// Counts an event that gave this many lines.
    void seen(std::uint64_t lines, Clock::time_point now);
    bool count_reached() const { return limits_.count && lines_ >= *limits_.count; }
    /// When time runs out, as things stand.
    Deadline end() const;
    /// How a stream ends whose time ran out: 0 where that is its end, else a not_met Error.
    Exit out_of_time() const;

  private:
    StreamLimits limits_;
    Clock::time_point began_;
    Clock::time_point last_;
    std::uint64_t lines_ = 0;
};

} // namespace omen
