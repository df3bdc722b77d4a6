#pragma once

#include "protocol/limits.hpp"

#include <cstddef>
#include <cstdint>

namespace omen::sandbox {

/// What a server allows one client; the defaults are the documented ones.
struct Limits {
    std::uint32_t orders_per_second = limits::orders_per_second; ///< orders and amends
    std::uint32_t order_burst = limits::burst;
    std::uint32_t cancels_per_second = limits::cancels_per_second; ///< cancels and cancel_alls
    std::uint32_t cancel_burst = limits::burst;
    std::size_t sessions_per_ip = limits::sessions_per_ip; ///< at each WebSocket server
    std::size_t subscriptions_per_session = limits::subscriptions_per_session;
    std::size_t max_client_message = limits::max_client_message; ///< bytes
    std::size_t drop_copy_retention = 100'000;                   ///< executions kept of each wallet

    /// Takes commands as fast as they come.
    void lift_rates() {
        constexpr std::uint32_t beyond_any = 1'000'000'000;
        orders_per_second = order_burst = cancels_per_second = cancel_burst = beyond_any;
    }
};

} // namespace omen::sandbox
