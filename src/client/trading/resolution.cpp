#include "client/trading/resolution.hpp"

#include "client/session/answer_deadline.hpp"
#include "client/trading/order_lookup.hpp"
#include "client/trading/orders.hpp"
#include "system/backoff.hpp"
#include "system/wait.hpp"

namespace omen {

namespace {

constexpr Milliseconds first_pause{50};

std::string in_words(const Fate& fate) {
    if (!fate.order) return {};
    return " (" + progress_of(*fate.order) + ")";
}

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
            .remaining_size = order.size - order.filled_size.value_or(Decimal())};
}
gw::CancelledAll answer_of(const gw::CancelAll&, const Fate&) {
    return {.order_ids = std::vector<OrderId>()};
}
gw::AmendAccepted answer_of(const gw::Amend& amend, const Fate& fate) {
    const auto& order = *fate.order;
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .price = amend.price ? amend.price : order.price,
            .size = amend.size.value_or(order.size),
            .remaining_size = order.size - order.filled_size.value_or(Decimal()),
            .kept_priority = {}};
}

} // namespace

OrderRecord look_up(const NewGateway& new_gateway, const std::vector<gw::TradingCommand>& commands, Deadline deadline) {
    Backoff backoff({.first = first_pause});
    for (;;) {
        const auto pause = backoff.pause(Clock::now());
        try {
            const auto attempt = answer_deadline(deadline);
            auto gateway = new_gateway(attempt);
            return read_record(gateway, commands, attempt);
        } catch (const Error& error) {
            const bool passing = error.fault() == Fault::unreachable || error.fault() == Fault::rate_limited ||
                                 error.fault() == Fault::protocol;
            if (!passing || pause >= deadline.left()) throw;
        }
        wait_until(Deadline::after(pause));
    }
}

Error still_unknown(const CommandLabel& label, const AnswerLost& lost, const std::string& why) {
    return answer_lost(label, lost.why() + "; " + why, Fault::outcome_unknown);
}

template <class Command>
gw::ReplyTo<Command> conclude(const Command& command, const OrderRecord& record, const AnswerLost& lost,
                              const std::function<void(const std::string&)>& note) {
    const auto label = CommandLabel::of(command);
    const auto fate = fate_of(command, record, lost.discarded());
    const auto state = in_words(fate);
    switch (fate.outcome) {
    case Fate::Outcome::executed:
        note(label.what + ": " + lost.why() + "; looked up: it was executed" + state);
        return answer_of(command, fate);
    case Fate::Outcome::refused:
        throw refusal(label, fate.code, lost.why() + "; looked up: " + fate.why + state);
    case Fate::Outcome::not_executed:
        throw Error(Fault::unreachable,
                    label.what + ": " + lost.why() + "; looked up: " + fate.why + ", so it was not executed" + state,
                    {.code = "not_executed", .hint = "repeat it", .client_order_id = label.client_order_id});
    case Fate::Outcome::unknown:
        break;
    }
    throw still_unknown(label, lost, "looked up: " + fate.why);
}

template <class Reply> JournalLine outcome_of(const Reply& reply) {
    JournalLine line{.outcome = "done"};
    if constexpr (requires { reply.order_id; }) line.order_id = reply.order_id;
    if constexpr (requires { reply.status; })
        if (reply.status) line.status = std::string(to_string(*reply.status));
    return line;
}

JournalLine outcome_of(const Error& error) {
    JournalLine line{.outcome = "refused"};
    if (!error.detail().code.empty()) line.code = error.detail().code;
    switch (error.fault()) {
    case Fault::outcome_unknown:
        line.outcome = "unknown";
        break;
    case Fault::unreachable:
    case Fault::internal:
    case Fault::usage:
    case Fault::refused_locally:
        line.outcome = "not_executed";
        break;
    default:
        break;
    }
    return line;
}

using Note = std::function<void(const std::string&)>;
template gw::OrderAccepted conclude(const gw::Order&, const OrderRecord&, const AnswerLost&, const Note&);
template gw::CancelAccepted conclude(const gw::Cancel&, const OrderRecord&, const AnswerLost&, const Note&);
template gw::CancelledAll conclude(const gw::CancelAll&, const OrderRecord&, const AnswerLost&, const Note&);
template gw::AmendAccepted conclude(const gw::Amend&, const OrderRecord&, const AnswerLost&, const Note&);
template JournalLine outcome_of(const gw::OrderAccepted&);
template JournalLine outcome_of(const gw::CancelAccepted&);
template JournalLine outcome_of(const gw::CancelledAll&);
template JournalLine outcome_of(const gw::AmendAccepted&);

} // namespace omen
