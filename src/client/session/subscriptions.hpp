#pragma once

#include "core/time.hpp"
#include "protocol/limits.hpp"
#include "protocol/market_data.hpp"
#include "system/backoff.hpp"

#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace omen {

/// How the channels of a feed stand, and on which of its connections each is: as many connections as the exchange's
/// limit takes. A channel that must begin anew, or that the exchange has ended, is subscribed to again: the first time
/// at once, then after ever longer pauses for as long as it does not stay calm. A state machine without I/O; time is
/// passed in.
class Subscriptions {
  public:
    struct Options {
        std::size_t per_connection = limits::subscriptions_per_session;
        Milliseconds answer_within{10'000}; ///< of a later subscription
        unsigned seed = std::random_device{}();
    };
    /// A command that is to leave now.
    struct Command {
        std::size_t connection = 0;
        std::string channel{};
        bool leave_first = false; ///< the channel may still be subscribed to
    };

    explicit Subscriptions(Options options) : options_(options) {}

    /// Subscribes to all of these, to be confirmed by then.
    void open(std::span<const md::Channel> channels, Deadline by);
    std::size_t connections() const;
    /// Begins a channel anew. Returns when its subscription leaves.
    Clock::time_point again(const std::string& channel, Clock::time_point now);

    /// Whether a channel is neither confirmed nor refused.
    bool unsettled() const { return unsettled_ != 0; }
    /// When take() is next to be called, or an answer is overdue; never while all are settled.
    Deadline next() const;
    std::vector<Command> take(Clock::time_point now);
    /// A channel whose answer has not come in time; null without any.
    const std::string* overdue(Clock::time_point now) const;

    /// `subscribed` came.
    void confirmed(const std::string& channel);
    /// `unsubscribed` came. Returns whether it was the exchange that ended a confirmed subscription: it is asked for
    /// again.
    bool ended(const std::string& channel, Clock::time_point now);
    enum class Refused {
        unknown, ///< there is no such channel here
        later,   ///< too fast: it is asked for again
        ended,   ///< there will be no more of it
    };
    Refused refused(const std::string& channel, bool too_fast, Clock::time_point now);
    std::size_t count() const { return channels_.size(); }
    /// Whether every one was refused.
    bool all_refused() const;

  private:
    enum class State : std::uint8_t { due, asked, confirmed, refused };
    struct Entry {
        std::size_t connection;
        Backoff backoff;
        State state = State::due;
        Clock::time_point when{};                    ///< due: to be asked for; asked: to be answered
        bool leave_first = false;                    ///< when it is asked for
        std::optional<Clock::time_point> repeated{}; ///< when it was last asked for again
    };

    static bool settled(State state) { return state == State::confirmed || state == State::refused; }
    void move(Entry& entry, State state);
    void schedule(Entry& entry, Clock::time_point now, bool leave_first);

    Options options_;
    Deadline first_by_;
    std::map<std::string, Entry, std::less<>> channels_;
    std::size_t unsettled_ = 0;
};

} // namespace omen
