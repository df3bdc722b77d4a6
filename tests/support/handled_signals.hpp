#pragma once

#include "system/signals.hpp"

namespace omen::test {

/// While one lives, signals are the waits' to report; afterwards they end the process again, and what came is
/// forgotten.
struct HandledSignals {
    HandledSignals() { signals::install(); }
    ~HandledSignals() {
        signals::take();
        signals::restore();
    }
    HandledSignals(const HandledSignals&) = delete;
    HandledSignals& operator=(const HandledSignals&) = delete;
};

} // namespace omen::test
