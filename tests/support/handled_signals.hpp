#pragma once

#include "system/signals.hpp"

#include <csignal>

namespace omen::test {

/// While one lives, SIGINT and SIGTERM are the waits' to report; afterwards they end the process again, and what came
/// is forgotten.
struct HandledSignals {
    HandledSignals() { signals::install(); }
    ~HandledSignals() {
        signals::clear();
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
    }
    HandledSignals(const HandledSignals&) = delete;
    HandledSignals& operator=(const HandledSignals&) = delete;
};

} // namespace omen::test
