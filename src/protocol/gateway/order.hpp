#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/declaration.hpp"

#include <optional>

namespace omen::gw {

using wire::field;
using wire::record;

/// An order as the exchange keeps it: the "Order" in listings and executions.
struct OrderState {
    OrderId order_id;
    ClientOrderId client_order_id;
    MarketId market_id;
    Side side = Side::buy;
    OrderType order_type = OrderType::limit;
    std::optional<Decimal> price;
    Decimal size; ///< the total, filled part included
    Decimal filled_size;
    std::optional<Decimal> average_price;
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false;
    OrderStatus status = OrderStatus::open;
    Timestamp timestamp;

    static constexpr auto declaration() {
        return record(
            "Order", field("order_id", &OrderState::order_id), field("client_order_id", &OrderState::client_order_id),
            field("market_id", &OrderState::market_id), field("side", &OrderState::side),
            field("order_type", &OrderState::order_type), field("price", &OrderState::price),
            field("size", &OrderState::size), field("filled_size", &OrderState::filled_size),
            field("average_price", &OrderState::average_price), field("time_in_force", &OrderState::time_in_force),
            field("post_only", &OrderState::post_only), field("reduce_only", &OrderState::reduce_only),
            field("status", &OrderState::status), field("timestamp", &OrderState::timestamp));
    }
};

} // namespace omen::gw
