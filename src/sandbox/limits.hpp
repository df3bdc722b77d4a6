#pragma once

#include <cstddef>
#include <cstdint>

namespace omen::sandbox {

/// What a server allows one client; the defaults are the documented ones.
struct Limits {
    std::uint32_t orders_per_second = 100; ///< orders and amends
    std::uint32_t order_burst = 50;
    std::uint32_t cancels_per_second = 200; ///< cancels and cancel_alls
    std::uint32_t cancel_burst = 50;
    std::size_t sessions_per_ip = 64; ///< at each WebSocket server
    std::size_t subscriptions_per_session = 64;
    std::size_t max_client_message = 65536;    ///< bytes
    std::size_t drop_copy_retention = 100'000; ///< executions kept of each wallet

    /// Takes commands as fast as they come.
    void lift_rates() {
        constexpr std::uint32_t beyond_any = 1'000'000'000;
        orders_per_second = order_burst = cancels_per_second = cancel_burst = beyond_any;
    }
};

} // namespace omen::sandbox
