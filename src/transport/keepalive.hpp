#pragma once

#include "core/time.hpp"

#include <algorithm>
#include <optional>

namespace omen {

/// Tells when a silent peer is to be pinged, and when it counts as lost. No I/O, and the time is passed in. A peer is
/// only ever given up after it has left a ping unanswered, however long nobody was listening before.
class Keepalive {
  public:
    enum class Due { nothing, ping, give_up };

    Keepalive(Milliseconds ping_after, Milliseconds dead_after)
        : ping_after_(ping_after), answer_within_(std::max(dead_after - ping_after, Milliseconds::zero())) {}

    /// Something, anything, came from the peer at this moment; asking again with the same moment changes nothing.
    void heard(Clock::time_point at) {
        if (at == last_heard_) return;
        last_heard_ = at;
        pinged_.reset();
    }

    /// What to do now. `ping` is said once per silence.
    Due due(Clock::time_point now) {
        if (now < next()) return Due::nothing;
        if (pinged_) return Due::give_up;
        pinged_ = now;
        return Due::ping;
    }

    /// When due() is next to be asked.
    Clock::time_point next() const { return pinged_ ? *pinged_ + answer_within_ : last_heard_ + ping_after_; }

  private:
    Milliseconds ping_after_;
    Milliseconds answer_within_;
    Clock::time_point last_heard_{};
    std::optional<Clock::time_point> pinged_{};
};

} // namespace omen
