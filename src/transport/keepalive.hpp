#pragma once

// Whether a silent peer is still there is found out by a ping, and only by that:
//
//   quiet   nothing to do until `ping_after` has passed since something last came; then `ping`, once
//   pinged  the peer has `dead_after` less `ping_after`, counted from the ping, to send something: a pong or anything
//           else
//   lost    it has not: `give_up`, at each question, until it is heard again
//
// Whatever comes leads back to quiet. The time to answer begins with the ping, not with what was last heard: a process
// that was stopped for an hour, or was busy elsewhere, finds an old last moment and pings first, and does not take its
// own absence for the peer's. The time is passed in, and what was heard too, as the moment of the last input: the
// caller need not notice each one, and may report the same moment again.

#include "core/time.hpp"

#include <algorithm>
#include <optional>

namespace omen {

/// Decides when a silent peer is pinged, and when it counts as lost: never before it has left a ping unanswered. No
/// I/O.
class Keepalive {
  public:
    enum class Due { nothing, ping, give_up };

    Keepalive(Milliseconds ping_after, Milliseconds dead_after)
        : ping_after_(ping_after), answer_within_(std::max(dead_after - ping_after, Milliseconds::zero())) {}

    /// Something, anything, came from the peer at this moment.
    void heard(Clock::time_point at) {
        if (at == last_heard_) return;
        last_heard_ = at;
        pinged_.reset();
    }

    /// What to do now. `ping` is returned once per silence.
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
