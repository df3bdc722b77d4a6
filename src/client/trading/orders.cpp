#include "client/trading/orders.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"
#include "system/unique_name.hpp"

namespace omen {

ClientOrderId mint_client_order_id() {
    return {unique_name()};
}

bool may_rest(const gw::Order& order) {
    return order.order_type == OrderType::limit && order.time_in_force == TimeInForce::gtc;
}

gw::OrderState state_of(const gw::Order& order, const gw::OrderAccepted& accepted) {
    return {.order_id = accepted.order_id,
            .client_order_id = accepted.client_order_id.value_or(order.client_order_id),
            .market_id = order.market_id,
            .side = order.side,
            .order_type = order.order_type,
            .price = order.price,
            .size = accepted.size.value_or(order.size),
            .filled_size = accepted.filled_size,
            .average_price = accepted.average_price,
            .time_in_force = order.time_in_force,
            .post_only = order.post_only,
            .reduce_only = order.reduce_only,
            .status = accepted.status,
            .timestamp = accepted.timestamp};
}

gw::OrderAccepted answer_of(const gw::Order& order, const gw::OrderState& state) {
    return {.order_id = state.order_id,
            .client_order_id = order.client_order_id,
            .status = state.status,
            .filled_size = state.filled_size,
            .average_price = state.average_price,
            .timestamp = state.timestamp,
            .size = state.size == order.size ? std::nullopt : std::optional(state.size)};
}

std::string name_of(const gw::OrderState& order) {
    return order.client_order_id ? order.client_order_id->value : order.order_id ? order.order_id->value : "";
}

std::string progress_of(const gw::OrderState& order) {
    auto text = order.status ? std::string(to_string(*order.status)) : "placed";
    if (order.filled_size) text += ", filled " + order.filled_size->text() + " of " + order.size.text();
    return text;
}

bool looks_minted(const ClientOrderId& id) {
    constexpr std::size_t time_digits = 12;
    constexpr std::size_t random_digits = 20;
    const auto& text = id.value;
    if (text.size() != time_digits + 1 + random_digits || text[time_digits] != '-') return false;
    return text.find_first_not_of("0123456789abcdef") == time_digits &&
           text.find_first_not_of("0123456789abcdef", time_digits + 1) == std::string::npos;
}

std::string in_words(const gw::OrderState& order) {
    return "order " + name_of(order) + ": " + progress_of(order);
}

void check_filled(const gw::OrderState& order) {
    if (is_live(order.status) || order.status == OrderStatus::filled) return;
    if (!order.filled_size || order.filled_size->is_positive()) return;
    ErrorDetail detail{.code = std::string(code::not_filled)};
    if (order.client_order_id) detail.client_order_id = order.client_order_id->value;
    throw Error(Fault::refused,
                "order " + name_of(order) + ": " + std::string(to_string(*order.status)) + ", nothing filled",
                std::move(detail));
}

} // namespace omen
