#pragma once

#include "core/text.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace omen {

/// The process's exit codes: what a script may rely on. One code per answer to "whose turn is it now?".
enum class Exit : int {
    done = 0,
    internal = 1,
    usage = 2,
    refused_locally = 3,
    credentials = 4,
    refused = 5,
    not_found = 6,
    rate_limited = 7,
    not_met = 8,
    outcome_unknown = 9,
    unreachable = 10,
    protocol = 11,
    hung_up = 129,
    interrupted = 130,
    quit = 131,
    terminated = 143,
};

inline constexpr std::array all_exits{
    Exit::done,      Exit::internal,     Exit::usage,   Exit::refused_locally, Exit::credentials, Exit::refused,
    Exit::not_found, Exit::rate_limited, Exit::not_met, Exit::outcome_unknown, Exit::unreachable, Exit::protocol,
    Exit::hung_up,   Exit::interrupted,  Exit::quit,    Exit::terminated,
};

/// Whose fault an error is, or what it leaves open. Each fault has one exit code.
enum class Fault {
    internal,        ///< a bug of ours, or stdout could not be written
    usage,           ///< a bad flag, value or configuration; nothing was sent
    refused_locally, ///< a check before sending failed; nothing was sent
    credentials,     ///< missing, expired, refused or insufficient
    refused,         ///< the exchange said no
    not_found,       ///< market, order or wallet
    rate_limited,    ///< too fast, or too many sessions or subscriptions
    not_met,         ///< the condition waited for was not met in time
    outcome_unknown, ///< sent, and never learnt what became of it
    unreachable,     ///< no connection or no answer, and surely not executed
    protocol,        ///< the other side broke the protocol, or data is missing beyond repair
};

/// The fault's name in JSON errors ("kind").
std::string_view to_string(Fault fault);
/// The exit code of a fault.
Exit exit_of(Fault fault);
/// What `omenctl help exit-codes` says of a code, in one sentence.
std::string_view meaning_of(Exit code);
/// The code to report for several results: 0 only if all succeeded, else the most serious
/// (a signal, 9, 1, 4, 10, 11, 7, 5, 6, 3, 2, 8).
Exit more_serious(Exit left, Exit right);

/// What an Error carries beside its message. All of it is optional.
struct ErrorDetail {
    std::string code{}; ///< the exchange's code as it came, or a snake_case one of ours
    std::string hint{}; ///< what to do next
    std::optional<int> http_status{};
    std::optional<std::string> client_order_id{};
};

/// The one exception that commands end with. `what()` reads "<what>: <why>"; the hint says what to do.
class Error : public std::runtime_error {
  public:
    Error(Fault fault, const std::string& message, ErrorDetail detail = {})
        : std::runtime_error(message), fault_(fault), detail_(std::move(detail)) {
        detail_.code = shortened(detail_.code, longest_code);
    }

    Fault fault() const { return fault_; }
    Exit exit_code() const { return exit_of(fault_); }
    const ErrorDetail& detail() const { return detail_; }
    /// Whether the same command may be repeated as it is and may then succeed, with no risk of doing it twice.
    bool retryable() const { return fault_ == Fault::unreachable || fault_ == Fault::rate_limited; }

  private:
    static constexpr std::size_t longest_code = 128; ///< a peer may call anything a code

    Fault fault_;
    ErrorDetail detail_;
};

} // namespace omen
