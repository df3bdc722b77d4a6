#pragma once

#include "core/error.hpp"
#include "protocol/gateway/commands.hpp"
#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen {

/// What a command is called in messages, and how its fate can be looked up. Filled from the command itself.
struct CommandLabel {
    std::string what; ///< "order c-1", "cancel o-7", "balance"
    bool write = false;
    std::optional<std::string> client_order_id{};
    std::string check{}; ///< the command that shows what became of it

    template <class Command> static CommandLabel of(const Command& command);
};
template <> CommandLabel CommandLabel::of(const gw::Order& order);
template <> CommandLabel CommandLabel::of(const gw::Cancel& cancel);
template <> CommandLabel CommandLabel::of(const gw::Amend& amend);
template <> CommandLabel CommandLabel::of(const gw::CancelAll& command);

/// What a reply says that is none of the hoped-for ones.
struct Refusal {
    std::optional<std::string> code{};
    std::optional<std::string> message{};
    std::optional<std::uint64_t> retry_after_ms{};
    bool is_rejection = false; ///< of this very command: nothing of it was done, whatever the code

    /// Whether its code is one that says what became of the command.
    bool is_clear() const;
    std::string text() const;
};
/// The refusal in a reply; nothing where it is none.
std::optional<Refusal> refusal_in(const gw::ServerMessage& reply);

/// What it means for a command: of a write, an error that is not clear leaves the outcome unknown.
Error refusal(const CommandLabel& label, const Refusal& refused);

/// The exchange's refusal of a command.
Error refusal(const CommandLabel& label, const std::optional<std::string>& code,
              const std::optional<std::string>& message, std::optional<std::uint64_t> retry_after_ms = {});

/// An error that belongs to no command: it is about the session.
Error session_error(const gw::ErrorReply& error);

/// A command that never left, for this reason.
Error not_sent(const CommandLabel& label, const std::string& why);

/// A command was sent and its answer never came, or was none: outcome_unknown for a write, `fault` for a read.
Error answer_lost(const CommandLabel& label, const std::string& why, Fault fault);

} // namespace omen
