#pragma once

#include "cli/output/views.hpp"

#include <string_view>

namespace omen {

/// An order as `order` and `orders` print it.
using OrderView = WithSymbol<gw::OrderState>;

inline constexpr std::string_view order_columns[] = {
    "order_id",    "client_order_id", "symbol", "side",          "price",    "size",
    "filled_size", "average_price",   "status", "time_in_force", "timestamp"};

} // namespace omen
