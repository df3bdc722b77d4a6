#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <cstdint>

namespace omen::sim {

/// Chance that is the same for the same seed, on every machine.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        auto mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31U);
    }
    /// Less than `count`.
    std::uint64_t below(std::uint64_t count) { return next() % count; }
    bool one_in(std::uint64_t count) { return below(count) == 0; }
    bool percent(std::uint64_t share) { return below(100) < share; }
    template <class T, std::size_t N> T pick(const T (&from)[N]) { return from[below(N)]; }
    Clock::duration between(Clock::duration least, Clock::duration most) {
        return least + Clock::duration(below(static_cast<std::uint64_t>((most - least).count()) + 1));
    }
    /// A duration of which each order of magnitude is as likely as any other.
    Clock::duration of_any_scale(Clock::duration least, Clock::duration most) {
        auto scale = least;
        while (scale * 4 < most && !one_in(4)) scale *= 4;
        return between(scale, scale * 4 < most ? scale * 4 : most);
    }
    /// Another one, which depends on this one's seed and on nothing that was drawn.
    static Random of(std::uint64_t seed, std::uint64_t part) {
        return Random(Random(seed ^ (part << 32U)).next() + part);
    }

  private:
    std::uint64_t state_;
};

} // namespace omen::sim
