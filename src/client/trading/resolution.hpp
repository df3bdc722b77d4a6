#pragma once

#include "client/session/gateway.hpp"
#include "client/trading/journal.hpp"
#include "client/trading/order_record.hpp"

#include <functional>
#include <string>
#include <vector>

namespace omen {

/// A new session of the same exchange and account, to be connected by the deadline.
using NewGateway = std::function<Gateway(Deadline)>;

/// How long an outcome is still found out after a signal.
constexpr Milliseconds grace_after_signal{2'000};

/// Reads what the exchange's records say of some commands in a session of its own, anew where a connection fails, until
/// the deadline. Errors: those of the gateway. Throws Interrupted.
OrderRecord look_up(const NewGateway& new_gateway, const std::vector<gw::TradingCommand>& commands, Deadline deadline);

/// The answer that a command has or would have got, by the exchange's records; `note` is told how it was learnt.
/// Errors: what the exchange has refused; unreachable (code "not_executed") when it surely was not executed;
/// outcome_unknown.
template <class Command>
gw::ReplyTo<Command> conclude(const Command& command, const OrderRecord& record, const AnswerLost& lost,
                              const std::function<void(const std::string&)>& note);

/// The outcome is unknown, and why it could not be learnt.
Error still_unknown(const CommandLabel& label, const AnswerLost& lost, const std::string& why);

/// What the journal keeps of an outcome.
template <class Reply> JournalLine outcome_of(const Reply& reply);
JournalLine outcome_of(const Error& error);

} // namespace omen
