#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/declaration.hpp"

#include <optional>

namespace omen::gw {

using wire::field;
using wire::one_of;
using wire::record;

/// An order as the exchange keeps it: the "Order" in listings and executions. Status and filled size are essential
/// there; what a placed order's answer lacks, its state lacks as well.
struct OrderState {
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<MarketId> market_id{};
    std::optional<Open<Side>> side{};
    std::optional<Open<OrderType>> order_type{};
    std::optional<Decimal> price{};
    Decimal size{}; ///< the total, filled part included
    std::optional<Decimal> filled_size{};
    std::optional<Decimal> average_price{};
    std::optional<Open<TimeInForce>> time_in_force{};
    std::optional<bool> post_only{};
    std::optional<bool> reduce_only{};
    std::optional<Open<OrderStatus>> status{};
    std::optional<Timestamp> timestamp{};

    static constexpr auto declaration() {
        return record("Order", field("order_id", &OrderState::order_id),
                      field("client_order_id", &OrderState::client_order_id),
                      field("market_id", &OrderState::market_id), field("side", &OrderState::side),
                      field("order_type", &OrderState::order_type), field("price", &OrderState::price),
                      field("size", &OrderState::size), field("filled_size", &OrderState::filled_size),
                      field("average_price", &OrderState::average_price),
                      field("time_in_force", &OrderState::time_in_force), field("post_only", &OrderState::post_only),
                      field("reduce_only", &OrderState::reduce_only), field("status", &OrderState::status),
                      field("timestamp", &OrderState::timestamp))
            .needs(one_of("order_id", "client_order_id"), one_of("status"), one_of("filled_size"));
    }
};

} // namespace omen::gw
