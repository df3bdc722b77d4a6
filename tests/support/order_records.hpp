#pragma once

#include "core/decimal.hpp"
#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <string>

namespace omen::test {

/// Orders as tests speak of them: "o-c-1" is the exchange's id of the order that a client calls "c-1".

inline gw::Order buy(const std::string& id, Decimal size = Decimal::whole(2), Decimal price = Decimal::whole(100)) {
    return {.client_order_id = {id}, .market_id = MarketId(1), .price = price, .size = size};
}

/// The answer to an order that rests.
inline gw::OrderAccepted accepted(const gw::Order& order) {
    return {.id = order.id,
            .order_id = OrderId{"o-" + order.client_order_id.value},
            .client_order_id = order.client_order_id,
            .status = OrderStatus::open,
            .filled_size = Decimal(),
            .timestamp = Timestamp{}};
}

/// An order as the exchange has it.
inline gw::OrderState state(const gw::Order& order, OrderStatus status = OrderStatus::open) {
    return {.order_id = OrderId{"o-" + order.client_order_id.value},
            .client_order_id = order.client_order_id,
            .market_id = order.market_id,
            .side = order.side,
            .order_type = order.order_type,
            .price = order.price,
            .size = order.size,
            .filled_size = status == OrderStatus::filled ? order.size : Decimal(),
            .status = status};
}

inline gw::Execution execution(std::uint64_t sequence, Open<ExecutionEvent> event, const gw::OrderState& order) {
    return {.wallet = "0x1", .sequence = sequence, .event = std::move(event), .order = order};
}

/// What happened to an order, in the words of the exchange.
inline gw::Execution accepted(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::accepted, state(order));
}
inline gw::Execution amended(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::amended, state(order));
}
inline gw::Execution filled(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::filled, state(order, OrderStatus::filled));
}
inline gw::Execution cancelled(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::cancelled, state(order, OrderStatus::cancelled));
}
inline gw::Execution expired(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::expired, state(order, OrderStatus::expired));
}
inline gw::Execution rejected(std::uint64_t sequence, const gw::Order& order) {
    return execution(sequence, ExecutionEvent::rejected, state(order, OrderStatus::rejected));
}
/// One of no order that matters.
inline gw::Execution another(std::uint64_t sequence) {
    return accepted(sequence, buy("another"));
}

} // namespace omen::test
