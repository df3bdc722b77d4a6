#include "cli/stream/drop_copy.hpp"

namespace omen {

namespace {

template <class E> std::optional<std::string> text_of(const std::optional<Open<E>>& value) {
    return value ? std::optional(std::string(to_string(*value))) : std::nullopt;
}

DropCopyRow row_of_order(const gw::OrderState& order, Markets& symbols) {
    return {.type = "state",
            .timestamp = order.timestamp,
            .event = "order",
            .symbol = symbols.symbol_of(order.market_id),
            .order_id = order.order_id,
            .side = text_of(order.side),
            .price = order.price,
            .size = order.size,
            .status = order.status,
            .client_order_id = order.client_order_id};
}

DropCopyRow row_of_position(const rest::PositionResponse& position, Markets& symbols) {
    return {.type = "state",
            .event = "position",
            .symbol = symbols.symbol_of(position.market_id),
            .side = std::string(to_string(position.side)),
            .price = position.entry_price,
            .size = position.size};
}

} // namespace

DropCopyRow rows_of(const gw::Execution& execution, Markets& symbols) {
    // What is of no order has a market and an amount of its own.
    DropCopyRow row{.symbol = symbols.symbol_of(execution.market_id), .size = execution.amount};
    if (execution.order) row = row_of_order(*execution.order, symbols);
    row.type = "execution";
    row.sequence = execution.sequence;
    row.timestamp = execution.timestamp;
    row.event = std::string(to_string(execution.event));
    if (execution.price) row.price = execution.price;
    if (execution.size) row.size = execution.size;
    row.fee = execution.fee;
    row.liquidity = execution.liquidity;
    row.trade_id = execution.trade_id;
    return row;
}

DropCopyRow rows_of(const DropCopyGapView& gap, Markets&) {
    return {.type = gap.type, .sequence = gap.oldest_sequence};
}

std::vector<DropCopyRow> rows_of(const StateView& state, Markets& symbols) {
    std::vector<DropCopyRow> rows;
    for (const auto& order : state.orders.value_or(std::vector<gw::OrderState>()))
        rows.push_back(row_of_order(order, symbols));
    for (const auto& position : state.positions.value_or(std::vector<rest::PositionResponse>()))
        rows.push_back(row_of_position(position, symbols));
    if (state.total) rows.push_back({.type = "state", .event = "balance", .size = state.total});
    for (auto& row : rows) row.sequence = state.sequence;
    return rows;
}

} // namespace omen
