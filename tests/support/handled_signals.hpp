#pragma once

#include "system/signals.hpp"

#include <csignal>

namespace omen::test {

/// While one lives, signals are the waits' to report; afterwards they end the process again, and what came is
/// forgotten.
struct HandledSignals {
    HandledSignals() {
        std::signal(SIGHUP, SIG_DFL); // whoever started the tests may have it ignored, which would be kept
        signals::install();
    }
    ~HandledSignals() {
        signals::take();
        signals::restore();
    }
    HandledSignals(const HandledSignals&) = delete;
    HandledSignals& operator=(const HandledSignals&) = delete;
};

} // namespace omen::test
