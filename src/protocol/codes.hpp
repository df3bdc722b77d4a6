#pragma once

#include "core/error.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The exchange's error codes.
namespace omen::code {

inline constexpr std::string_view unauthenticated = "unauthenticated";
inline constexpr std::string_view token_expired = "token_expired";
inline constexpr std::string_view insufficient_permission = "insufficient_permission";
inline constexpr std::string_view wallet_not_linked = "wallet_not_linked";
inline constexpr std::string_view wallet_scope = "wallet_scope";
inline constexpr std::string_view unknown_market = "unknown_market";
inline constexpr std::string_view unknown_order = "unknown_order";
inline constexpr std::string_view invalid_price = "invalid_price";
inline constexpr std::string_view invalid_size = "invalid_size";
inline constexpr std::string_view invalid_message = "invalid_message";
inline constexpr std::string_view insufficient_margin = "insufficient_margin";
inline constexpr std::string_view would_cross = "would_cross";
inline constexpr std::string_view would_not_fill = "would_not_fill";
inline constexpr std::string_view reduce_only = "reduce_only";
inline constexpr std::string_view not_filled = "not_filled";
inline constexpr std::string_view duplicate_client_order_id = "duplicate_client_order_id";
inline constexpr std::string_view rate_limited = "rate_limited";
inline constexpr std::string_view too_many_sessions = "too_many_sessions";
inline constexpr std::string_view too_many_subscriptions = "too_many_subscriptions";
inline constexpr std::string_view message_too_large = "message_too_large";
inline constexpr std::string_view market_halted = "market_halted";
inline constexpr std::string_view wallet_linked_elsewhere = "wallet_linked_elsewhere";
inline constexpr std::string_view not_found = "not_found"; ///< REST: there is nothing at this path
inline constexpr std::string_view internal = "internal";

/// A refusal in words, "the words (the code)", of what there is of both.
std::string in_words(const std::optional<std::string>& message, const std::optional<std::string>& code);

/// What a code means for the caller. A code that is not known here is a plain refusal. `internal` leaves the outcome of
/// a write open; for a read the caller treats it as a refusal.
Fault fault_of(std::string_view code);
/// Whether this is one of the codes above.
bool is_known(std::string_view code);

} // namespace omen::code
