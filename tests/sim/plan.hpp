#pragma once

#include "client/trading/engine.hpp"
#include "core/enums.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// What goes wrong in a world, or is done to it from outside. Where nothing else is said, it befalls a message of a
/// trading session.
enum class StepKind : std::uint8_t {
    end_before,  ///< the exchange ends the session in place of handling the message
    end_after,   ///< the exchange handles the message, and ends the session before anything of it is answered
    end_behind,  ///< the session ends behind the message's answer
    hold,        ///< a machine between holds this message and what follows, ends the session, and delivers later
    write_fails, ///< the client's system takes no more than a part of the message, or nothing of it
    lose_answer,
    delay_answer,
    double_answer,
    false_answer,    ///< handled, and answered with something else
    fail_before,     ///< not handled, and answered as `internal`
    slow_auth,       ///< messages behind the `auth` are handled before it
    no_subscription, ///< the drop-copy's subscription is refused, or does not give the sequence
    nameless,        ///< `authenticated` does not say whose the session is
    stray,           ///< a message that answers nothing comes ahead of the answer
    feed_hole,       ///< executions are missing in the trading session
    feed_disorder,   ///< executions come twice, or in another order, in the trading session
    // Of a time:
    outage,            ///< no connection can be made, or none is answered
    look_up_fails,     ///< a look-up's session is refused, falls silent or ends
    replay_hole,       ///< executions are missing in a look-up: in the middle, at the start, at the end
    replay_disorder,   ///< executions come twice, in place of others, or in another order in a look-up
    replay_unnumbered, ///< a look-up's subscription does not give the sequence
    retention,         ///< the exchange forgets executions
    reset,             ///< the exchange begins anew
    relink,            ///< the account gets another wallet
    expire_token,      ///< the token expires; there may be a newer one
    other_account,     ///< from now on tokens are another account's
    fill,              ///< the market moves through the resting orders
    foreign_cancel,    ///< somebody else cancels one of the orders, or all
    foreign_order,     ///< somebody else places an order for the same wallet
    foreign_amend,     ///< somebody else amends one of the orders
    signal,            ///< the process gets a signal
    pause,             ///< the process does not run for a while
    wall_jump,         ///< the machine's clock is set
    disk_full,         ///< intents can't be written down
};

/// How a connection ends, as its client sees it.
enum class Ending : std::uint8_t {
    close_frame,
    stream_end,
    reset,   ///< what was on its way to the client is lost with it
    silence, ///< it does not end, and nothing comes any more; half a message may
};

} // namespace omen::sim

namespace omen {
template <>
inline constexpr auto enum_names<sim::StepKind> = Names<34>{"end_before",     "end_after",       "end_behind",
                                                            "hold",           "write_fails",     "lose_answer",
                                                            "delay_answer",   "double_answer",   "false_answer",
                                                            "fail_before",    "slow_auth",       "no_subscription",
                                                            "nameless",       "stray",           "feed_hole",
                                                            "feed_disorder",  "outage",          "look_up_fails",
                                                            "replay_hole",    "replay_disorder", "replay_unnumbered",
                                                            "retention",      "reset",           "relink",
                                                            "expire_token",   "other_account",   "fill",
                                                            "foreign_cancel", "foreign_order",   "foreign_amend",
                                                            "signal",         "pause",           "wall_jump",
                                                            "disk_full"};
template <>
inline constexpr auto enum_names<sim::Ending> = Names<4>{"close frame", "end of stream", "reset", "silence"};
} // namespace omen

namespace omen::sim {

struct Step {
    StepKind kind{};
    unsigned session = 0; ///< which trading session
    unsigned message = 0; ///< which of its messages, the greeting's counted
    Clock::duration at{}; ///< since the start of the world, or of whatever it is about
    Clock::duration lasts{};
    Ending how{};
    std::uint64_t value = 0;
};

struct PlannedCommand {
    Clock::duration at{};
    trading::Request request;
    bool minted = false;
};

/// An order that was there before the world began.
struct OldOrder {
    Milliseconds age{};
    gw::Order order;
    bool cancelled = false;
};

/// Everything that a seed decides: what is asked of the engine, and what goes wrong meanwhile.
struct Plan {
    std::uint64_t seed = 0;
    trading::Engine::Options engine{};
    Limits limits{};       ///< of the client
    bool one_shot = false; ///< all must be over when the time of one command is
    Clock::duration latency{};
    Clock::duration jitter{};
    bool knows_expiry = false; ///< an expired token is not even tried
    std::vector<OldOrder> history;
    std::vector<PlannedCommand> commands;
    std::vector<Step> steps;

    static Plan draw(std::uint64_t seed);
    /// Without these: commands first, then steps, then old orders, counted from 0.
    Plan without(const std::set<std::size_t>& parts) const;
    std::size_t parts() const { return commands.size() + steps.size() + history.size(); }

    /// The step of this kind that befalls a message.
    const Step* find(StepKind kind, unsigned session, unsigned message) const;
    const Step* find(StepKind kind, unsigned session) const;
    std::string text() const;
};

std::string text_of(Clock::duration duration);

} // namespace omen::sim
