#include "client/trader.hpp"

#include "client/gateway_error.hpp"
#include "client/order_lookup.hpp"
#include "core/error.hpp"
#include "transport/signals.hpp"
#include "transport/wait.hpp"

#include <algorithm>

namespace omen {

namespace {

constexpr Milliseconds longest_for_answer{5'000};
constexpr Milliseconds after_signal{2'000};
constexpr Milliseconds first_pause{50};

/// Half of what is left is for the answer, the rest for finding out what became of it.
Deadline half_of(Deadline deadline, Milliseconds at_most) {
    if (deadline.is_never()) return Deadline::after(at_most);
    return Deadline::after(std::min(deadline.left() / 2, at_most));
}

JournalLine outcome_line(const char* outcome, const std::string& code = {}) {
    JournalLine line{.outcome = outcome};
    if (!code.empty()) line.code = code;
    return line;
}

/// What an answer says for the journal.
template <class Reply> JournalLine line_of(const Reply& reply) {
    auto line = outcome_line("done");
    if constexpr (requires { reply.order_id; }) line.order_id = reply.order_id;
    if constexpr (requires { reply.status; }) line.status = std::string(to_string(reply.status));
    return line;
}

JournalLine line_of(const Error& error) {
    switch (error.fault()) {
    case Fault::outcome_unknown:
        return outcome_line("unknown", error.detail().code);
    case Fault::unreachable:
    case Fault::internal:
    case Fault::usage:
    case Fault::refused_locally:
        return outcome_line("not_executed", error.detail().code);
    default:
        return outcome_line("refused", error.detail().code);
    }
}

std::string state_in_words(const gw::OrderState& order) {
    return std::string(to_string(order.status)) + ", filled " + order.filled_size.text() + " of " + order.size.text();
}

} // namespace

gw::OrderAccepted answer_of(const gw::Order&, const Fate& fate) {
    const auto& order = *fate.order;
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .status = order.status,
            .filled_size = order.filled_size,
            .average_price = order.average_price,
            .timestamp = order.timestamp};
}
gw::CancelAccepted answer_of(const gw::Cancel&, const Fate& fate) {
    const auto& order = *fate.order;
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .remaining_size = order.size - order.filled_size};
}
gw::CancelledAll answer_of(const gw::CancelAll&, const Fate&) {
    return {.order_ids = {}};
}
gw::AmendAccepted answer_of(const gw::Amend& amend, const Fate& fate) {
    const auto& order = *fate.order;
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .price = amend.price ? *amend.price : order.price.value_or(Decimal()),
            .size = order.size,
            .remaining_size = order.size - order.filled_size,
            .kept_priority = {}};
}

void Trader::settle(const std::string& entry, JournalLine outcome) {
    if (options_.journal == nullptr || entry.empty()) return;
    if (!options_.journal->settle(entry, std::move(outcome)) && options_.warn)
        options_.warn("the outcome could not be written to the journal; entry " + entry + " counts as unresolved");
}

template <class Command> Sent<Command> Trader::post(Command command) {
    std::string entry;
    if (options_.journal != nullptr) entry = options_.journal->intend(command);
    try {
        if constexpr (!std::is_same_v<Command, gw::CancelAll>) outstanding_.push_back(name_of(command));
        auto pending = gateway_.post(std::move(command));
        return {std::move(pending), std::move(entry), half_of(options_.deadline, longest_for_answer)};
    } catch (const Error& error) {
        settle(entry, line_of(error));
        throw;
    } catch (const Interrupted&) {
        settle(entry, outcome_line("not_executed", "interrupted"));
        throw;
    }
}

template <class Command> gw::ReplyTo<Command> Trader::await(Sent<Command> sent) {
    try {
        auto reply = answer(sent);
        settle(sent.entry, line_of(reply));
        return reply;
    } catch (const Error& error) {
        settle(sent.entry, line_of(error));
        throw;
    }
}

template <class Command> gw::ReplyTo<Command> Trader::answer(const Sent<Command>& sent) {
    for (;;) {
        try {
            gateway_.set_deadline(interrupted_ ? half_of(options_.deadline, after_signal) : sent.answer_by);
            return gateway_.await(sent.pending);
        } catch (const AnswerLost& lost) {
            return resolve(sent, lost);
        } catch (const Interrupted& signal) {
            // The second one wants out.
            if (interrupted_) return resolve(sent, AnswerLost(Subject::of(sent.pending.command), "interrupted", false));
            on_signal(signal.signal);
        }
    }
}

/// From here on two seconds must do; the connection and its answer may be there all the same.
void Trader::on_signal(int signal) {
    interrupted_ = signal;
    signals::clear();
    options_.deadline = options_.deadline.earlier(Deadline::after(after_signal));
}

/// Reads the record of everything that is outstanding, once; anew where the connection fails.
void Trader::look_up(Deadline deadline) {
    if (record_) return;
    for (Milliseconds pause = first_pause;; pause *= 2) {
        try {
            auto gateway = options_.another();
            record_ = read_record(gateway, outstanding_, half_of(deadline, longest_for_answer));
            return;
        } catch (const Error& error) {
            const bool passing = error.fault() == Fault::unreachable || error.fault() == Fault::rate_limited ||
                                 error.fault() == Fault::protocol;
            if (!passing || pause >= deadline.left()) throw;
        }
        wait_until(Deadline::after(pause));
    }
}

template <class Command> gw::ReplyTo<Command> Trader::resolve(const Sent<Command>& sent, const AnswerLost& lost) {
    const auto& command = sent.pending.command;
    const auto subject = Subject::of(command);
    const auto unknown = [&](const std::string& why) {
        return answer_lost(subject, lost.why() + "; " + why, Fault::outcome_unknown);
    };
    try {
        look_up(options_.deadline);
    } catch (const Error& error) {
        throw unknown(std::string("it could not be looked up: ") + error.what());
    } catch (const Interrupted& signal) {
        interrupted_ = interrupted_.value_or(signal.signal);
        signals::clear();
        throw unknown("interrupted while it was looked up");
    }
    const auto fate = fate_of(command, *record_, lost.discarded());
    const auto state = fate.order ? " (" + state_in_words(*fate.order) + ")" : "";
    switch (fate.kind) {
    case Fate::Kind::executed:
        if (options_.warn) options_.warn(subject.what + ": " + lost.why() + "; looked up: it was executed" + state);
        return answer_of(command, fate);
    case Fate::Kind::refused:
        throw refusal(subject, fate.code, lost.why() + "; looked up: " + fate.why + state);
    case Fate::Kind::not_executed:
        throw Error(Fault::unreachable,
                    subject.what + ": " + lost.why() + "; looked up: " + fate.why + ", so it was not executed" + state,
                    {.code = "not_executed", .hint = "repeat it", .client_order_id = subject.client_order_id});
    case Fate::Kind::unknown:
        break;
    }
    throw unknown("looked up: " + fate.why);
}

#define OMEN_TRADING_COMMAND(Command)                                                                                  \
    template Sent<Command> Trader::post(Command);                                                                      \
    template gw::ReplyTo<Command> Trader::await(Sent<Command>)

OMEN_TRADING_COMMAND(gw::Order);
OMEN_TRADING_COMMAND(gw::Cancel);
OMEN_TRADING_COMMAND(gw::CancelAll);
OMEN_TRADING_COMMAND(gw::Amend);
#undef OMEN_TRADING_COMMAND

} // namespace omen
