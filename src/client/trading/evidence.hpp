#pragma once

#include "client/trading/reading.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// What became of a command whose answer was lost, by the exchange's own records (man 7 omenctl-protocol, "When an
/// answer is lost"). Presence proves execution; absence proves something only when everything holds that can be
/// checked; in every other case the outcome is unknown. Pure functions: time is in what they are given.
namespace omen {

/// How a session stands.
enum class SessionEnd {
    lives,
    closed, ///< by a close frame: what it had not handled by then it never will
    broken, ///< in any other way: what had been sent may still be delivered
};

/// What is known of the session in which a command left, and of what came after it.
struct SessionFacts {
    Holder holder{};
    std::optional<std::uint64_t> start{}; ///< the last sequence issued before its first command
    std::uint64_t seen = 0;               ///< the greatest sequence that it, or whoever came after it, has seen
    std::optional<ExecutionMark> event{}; ///< the last execution that it has seen
    Clock::time_point start_by{};         ///< until then the start may still be learnt, while it lives
    SessionEnd end = SessionEnd::lives;
    Clock::time_point ended_at{};

    /// An execution was seen; false where it is another wallet's.
    bool on(const gw::Execution& execution);
};

/// A command that left, and when.
struct LostCommand {
    gw::TradingCommand command;
    Timestamp sent_at{};
    bool minted = false;              ///< its client order id was made by us, and is nobody else's
    bool name_used = false;           ///< an earlier order of ours that was placed, or may have been, has its name
    std::optional<OrderId> earlier{}; ///< that order, where it was placed
    /// By how many earlier ones of its session its order was amended, or may have been.
    std::size_t amends_before = 0;
    bool target_unresolved = false; ///< what became of the placing of the order that it names is itself not known
};

struct Fate {
    enum class Outcome {
        executed,
        refused,      ///< it had no effect, and can have none any more
        not_executed, ///< it had no effect; safe to repeat
        unknown,
    };
    Outcome outcome = Outcome::unknown;
    std::optional<gw::OrderState> order{}; ///< as it is now
    std::string code{};                    ///< of a refusal
    std::string why{};
    bool wants_all = false; ///< only a replay from the first execution can tell

    bool operator==(Outcome other) const { return outcome == other; }
};

/// How long after its close frame a session's commands count as absent where no record shows them.
constexpr Milliseconds settled_after{2'000};
/// Whether a look-up that began then may prove absence, as far as the session's end goes.
bool is_settled(const SessionFacts& facts, Clock::time_point began);

/// `settled`: is_settled(), or what takes its place for an entry of the journal.
Fate judge(const LostCommand& lost, const SessionFacts& facts, const Reading& reading, bool settled);

/// Where a replay must begin to tell what became of a command.
std::uint64_t replay_from(const SessionFacts& facts);

/// Whether an answer can be the answer to this command: the ids agree, and not more is filled than was ordered.
bool answers(const gw::Order& order, const gw::OrderAccepted& accepted);
bool answers(const gw::Cancel& cancel, const gw::CancelAccepted& accepted);
bool answers(const gw::Amend& amend, const gw::AmendAccepted& accepted);
inline bool answers(const gw::CancelAll&, const gw::CancelledAll&) {
    return true;
}

} // namespace omen
