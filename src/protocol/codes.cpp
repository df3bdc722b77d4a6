#include "protocol/codes.hpp"

namespace omen::code {

std::string in_words(const std::optional<std::string>& message, const std::optional<std::string>& code) {
    if (!message) return code.value_or("");
    return code ? *message + " (" + *code + ")" : *message;
}

Fault fault_of(std::string_view code) {
    const auto among = [code](auto... codes) { return ((code == codes) || ...); };
    if (among(unauthenticated, token_expired, insufficient_permission, wallet_scope)) return Fault::credentials;
    if (among(unknown_market, unknown_order, wallet_not_linked, not_found)) return Fault::not_found;
    if (among(rate_limited, too_many_sessions, too_many_subscriptions)) return Fault::rate_limited;
    if (code == internal) return Fault::outcome_unknown;
    return Fault::refused;
}

} // namespace omen::code
