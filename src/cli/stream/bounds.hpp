#pragma once

#include "cli/stream/condition.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace omen {

/// When a stream ends by itself. `for_` and `idle` alone are how it is meant to end; beside `count`, `until` or a goal
/// of the stream's own they are its time limit.
struct StreamLimits {
    std::optional<std::uint64_t> count{}; ///< after this many lines
    std::optional<Condition> until{};     ///< after the first line that meets it
    std::optional<Milliseconds> for_{};   ///< this long after it began
    std::optional<Milliseconds> idle{};   ///< when nothing has come for this long
};

/// The limits of a running stream. Time is passed in.
class StreamBounds {
  public:
    StreamBounds(StreamLimits limits, Clock::time_point now) : limits_(std::move(limits)), began_(now), last_(now) {}

    /// Something came from the exchange, whether or not it gave a line.
    void heard(Clock::time_point now) { last_ = now; }
    /// Whether heard() must be called: the clock is not looked at for nothing.
    bool minds_silence() const { return limits_.idle.has_value(); }
    /// Counts a line, and looks whether it is the one waited for.
    template <wire::Declared T> void printed(const T& line) {
        ++lines_;
        if (limits_.until && meets(line, *limits_.until)) met_ = true;
    }
    /// Whether the last line has been printed.
    bool reached() const { return met_ || (limits_.count && lines_ >= *limits_.count); }
    /// When time runs out, as things stand.
    Deadline end() const;
    /// How a stream ends whose time ran out: 0 where that is its end, else a not_met Error. `goal`: what else the
    /// stream was waiting for; empty: nothing.
    Exit out_of_time(const std::string& goal = {}) const;

  private:
    StreamLimits limits_;
    Clock::time_point began_;
    Clock::time_point last_;
    std::uint64_t lines_ = 0;
    bool met_ = false;
};

} // namespace omen
