#include "protocol/codes.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <iterator>

namespace omen::code {

std::string in_words(const std::optional<std::string>& message, const std::optional<std::string>& code) {
    const auto words = !message ? code.value_or("") : code ? *message + " (" + *code + ")" : *message;
    return shortened(words, longest_quote);
}

Fault fault_of(std::string_view code) {
    const auto among = [code](auto... codes) { return ((code == codes) || ...); };
    if (among(unauthenticated, token_expired, insufficient_permission, wallet_scope)) return Fault::credentials;
    if (among(unknown_market, unknown_order, wallet_not_linked, not_found)) return Fault::not_found;
    if (among(rate_limited, too_many_sessions, too_many_subscriptions)) return Fault::rate_limited;
    if (code == internal) return Fault::outcome_unknown;
    return Fault::refused;
}

bool is_known(std::string_view code) {
    static constexpr std::string_view known[] = {unauthenticated,
                                                 token_expired,
                                                 insufficient_permission,
                                                 wallet_not_linked,
                                                 wallet_scope,
                                                 unknown_market,
                                                 unknown_order,
                                                 invalid_price,
                                                 invalid_size,
                                                 invalid_message,
                                                 insufficient_margin,
                                                 would_cross,
                                                 would_not_fill,
                                                 reduce_only,
                                                 not_filled,
                                                 duplicate_client_order_id,
                                                 rate_limited,
                                                 too_many_sessions,
                                                 too_many_subscriptions,
                                                 message_too_large,
                                                 market_halted,
                                                 not_found,
                                                 wallet_linked_elsewhere,
                                                 internal};
    return std::find(std::begin(known), std::end(known), code) != std::end(known);
}

} // namespace omen::code
