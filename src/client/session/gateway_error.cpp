#include "client/session/gateway_error.hpp"

#include "protocol/codes.hpp"
#include "protocol/gateway/messages.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace omen {

namespace {

/// The commands that name an order, by either id.
template <class Command> CommandLabel of_named_order(const char* verb, const Command& command) {
    CommandLabel label{.what = verb, .write = true, .check = "omenctl orders"};
    if (command.order_id) label.what += " " + command.order_id->value;
    if (command.client_order_id) {
        label.what += " " + command.client_order_id->value;
        label.client_order_id = command.client_order_id->value;
        label.check += " --client-id " + command.client_order_id->value;
    }
    return label;
}

std::string hint_for(const std::string& code, const CommandLabel& label, std::optional<std::uint64_t> retry_after_ms) {
    if (code == code::unauthenticated || code == code::token_expired || code == code::wallet_scope)
        return "get a token of this exchange and account";
    if (code == code::insufficient_permission) return "use a token that has the permission";
    if (code == code::wallet_not_linked) return "link one with: omenctl wallet link ADDRESS";
    if (code == code::unknown_market) return "list them with: omenctl markets";
    if (code == code::unknown_order) return "list open orders with: omenctl orders";
    if (code == code::insufficient_margin) return "see: omenctl account";
    if (code == code::would_cross) return "choose a price that does not cross, or leave out --post-only";
    if (code == code::duplicate_client_order_id) return "look it up with: " + label.check;
    if (code == code::internal) return label.write ? "check with: " + label.check : "try again later";
    if (retry_after_ms) return "try again in " + std::to_string(*retry_after_ms) + " ms";
    if (code::fault_of(code) == Fault::rate_limited) return "try again later";
    return {};
}

} // namespace

template <class Command> CommandLabel CommandLabel::of(const Command&) {
    std::string name(wire::declaration_of<Command>.name);
    std::replace(name.begin(), name.end(), '_', ' ');
    return {.what = name, .write = gw::Answer<Command>::write};
}

template <> CommandLabel CommandLabel::of(const gw::Order& order) {
    const auto& id = order.client_order_id.value;
    return {.what = "order " + id, .write = true, .client_order_id = id, .check = "omenctl orders --client-id " + id};
}
template <> CommandLabel CommandLabel::of(const gw::Cancel& cancel) {
    return of_named_order("cancel", cancel);
}
template <> CommandLabel CommandLabel::of(const gw::Amend& amend) {
    return of_named_order("amend", amend);
}
template <> CommandLabel CommandLabel::of(const gw::CancelAll&) {
    return {.what = "cancel all", .write = true, .check = "omenctl orders"};
}

template CommandLabel CommandLabel::of(const gw::Auth&);
template CommandLabel CommandLabel::of(const gw::Ping&);
template CommandLabel CommandLabel::of(const gw::GetBalance&);
template CommandLabel CommandLabel::of(const gw::GetPositions&);
template CommandLabel CommandLabel::of(const gw::GetPnl&);
template CommandLabel CommandLabel::of(const gw::GetOrders&);
template CommandLabel CommandLabel::of(const gw::Subscribe&);
template CommandLabel CommandLabel::of(const gw::Unsubscribe&);

bool Refusal::is_clear() const {
    return code && code::is_known(*code) && *code != code::internal;
}

std::string Refusal::text() const {
    return code::in_words(message, code);
}

std::optional<Refusal> refusal_in(const gw::ServerMessage& reply) {
    return std::visit(
        []<class Message>(const Message& message) -> std::optional<Refusal> {
            if constexpr (requires { message.code; }) {
                Refusal refused{.code = message.code, .message = message.message};
                refused.is_rejection = !std::is_same_v<Message, gw::ErrorReply>;
                if constexpr (requires { message.retry_after_ms; }) refused.retry_after_ms = message.retry_after_ms;
                return refused;
            }
            return std::nullopt;
        },
        reply);
}

Error refusal(const CommandLabel& label, const Refusal& refused) {
    auto error = refusal(label, refused.code, refused.message, refused.retry_after_ms);
    const bool is_open = label.write && !refused.is_clear() && !refused.is_rejection;
    if (is_open) return answer_lost(label, refused.text(), Fault::unreachable);
    return error.fault() == Fault::outcome_unknown ? Error(Fault::refused, error.what(), error.detail()) : error;
}

Error refusal(const CommandLabel& label, const std::optional<std::string>& given,
              const std::optional<std::string>& message, std::optional<std::uint64_t> retry_after_ms) {
    const auto code = given.value_or("");
    auto fault = code::fault_of(code);
    if (fault == Fault::outcome_unknown && !label.write) fault = Fault::refused;
    return Error(
        fault, label.what + ": " + code::in_words(message, given),
        {.code = code, .hint = hint_for(code, label, retry_after_ms), .client_order_id = label.client_order_id});
}

Error session_error(const gw::ErrorReply& error) {
    return refusal({.what = "session"}, error.code, error.message, error.retry_after_ms);
}

Error not_sent(const CommandLabel& label, const std::string& why) {
    return Error(Fault::unreachable, label.what + ": not sent: " + why,
                 {.code = "not_sent", .hint = "repeat it", .client_order_id = label.client_order_id});
}

Error answer_lost(const CommandLabel& label, const std::string& why, Fault fault) {
    if (!label.write) return Error(fault, label.what + ": " + why, {.code = "no_answer"});
    return Error(
        Fault::outcome_unknown, label.what + ": outcome unknown: " + why,
        {.code = "outcome_unknown", .hint = "check with: " + label.check, .client_order_id = label.client_order_id});
}

} // namespace omen
