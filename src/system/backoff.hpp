#pragma once

#include "core/time.hpp"

#include <random>

namespace omen {

/// How long to wait before something that failed is tried again: shortly at first, then twice as long each time up to a
/// limit; each wait shortened by up to a half at random, so that clients that lost the same exchange do not come back
/// all at once. Time and chance are passed in.
class Backoff {
  public:
    struct Options {
        Milliseconds first{250};
        Milliseconds longest{10'000};
    };

    /// `seed`: anything that differs between processes.
    explicit Backoff(Options options, unsigned seed = std::random_device{}()) : options_(options), random_(seed) {}

    /// A connection is there. Only one that then holds for as long as the longest wait makes the next wait a short one:
    /// an exchange that accepts and drops is not to be hammered.
    void connected(Clock::time_point now) { connected_ = now; }
    /// An attempt failed, or a connection was lost: how long to wait before the next attempt.
    Milliseconds pause(Clock::time_point now);

  private:
    Options options_;
    std::minstd_rand random_;
    unsigned failures_ = 0;
    Clock::time_point connected_ = Clock::time_point::max();
};

} // namespace omen
