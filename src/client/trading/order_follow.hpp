#pragma once

#include "client/trading/resolution.hpp"

#include <cstdint>
#include <optional>

namespace omen {

/// Follows an order through the drop-copy to its end.
struct OrderFollow {
    NewGateway new_gateway{};                ///< for when the session at hand breaks
    std::optional<std::uint64_t> sequence{}; ///< the last one seen; without it the executions are read from the first
};

/// Brings `order` up to date with what happens to it until it has ended (true) or the deadline passes (false). The
/// gateway has a drop-copy subscription; where it breaks, a new session goes on. Errors: those of the gateway that
/// trying again can't mend. Throws Interrupted.
bool follow_to_end(Gateway& gateway, gw::OrderState& order, OrderFollow follow, Deadline deadline);

} // namespace omen
