#pragma once

#include <cstddef>
#include <cstdint>

/// What the exchange allows a client, as documented: the client keeps to it, and the sandbox enforces it.
namespace omen::limits {

inline constexpr std::uint32_t orders_per_second = 100;  ///< orders and amends, of a session
inline constexpr std::uint32_t cancels_per_second = 200; ///< cancels and cancel_alls, of a session
inline constexpr std::uint32_t burst = 50;               ///< how many of either may come at once
inline constexpr std::size_t sessions_per_ip = 64;
inline constexpr std::size_t subscriptions_per_session = 64;
inline constexpr std::uint32_t most_listed = 1000;       ///< trades or candles in one answer
inline constexpr std::uint32_t deepest_book = 10'000;    ///< levels a side that may be asked for
inline constexpr std::size_t max_client_message = 65536; ///< bytes

} // namespace omen::limits
