#pragma once

#include "sandbox/flow/sandbox_clock.hpp"

namespace omen::sandbox {

/// Stands still until it is moved.
struct VirtualClock : SandboxClock {
    Timestamp exchange() const override { return {machine().ms + markets_ahead.count()}; }
    Timestamp machine() const override { return {1'700'000'000'000 + elapsed.count()}; }
    Clock::time_point steady() const override { return Clock::time_point(elapsed); }
    void advance(Milliseconds duration) { elapsed += duration; }

    Milliseconds elapsed{};
    Milliseconds markets_ahead{}; ///< by how much the exchange's time is later than the machine's
};

} // namespace omen::sandbox
