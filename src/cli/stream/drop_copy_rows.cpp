#include "cli/stream/drop_copy.hpp"

namespace omen {

namespace {

DropCopyRow row_of_order(const gw::OrderState& order, Markets& symbols) {
    return {.type = "state",
            .timestamp = order.timestamp,
            .event = "order",
            .symbol = symbols.symbol_of(order.market_id),
            .order_id = order.order_id,
            .side = std::string(to_string(order.side)),
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

std::vector<DropCopyRow> rows_of(const gw::Execution& execution, Markets& symbols) {
    const auto& order = execution.order;
    return {{.type = "execution",
             .sequence = execution.sequence,
             .timestamp = execution.timestamp,
             .event = std::string(to_string(execution.event)),
             .symbol = symbols.symbol_of(order.market_id),
             .order_id = order.order_id,
             .side = std::string(to_string(order.side)),
             .price = execution.price ? execution.price : order.price,
             .size = execution.size ? *execution.size : order.size,
             .fee = execution.fee,
             .liquidity = execution.liquidity,
             .status = order.status,
             .trade_id = execution.trade_id,
             .client_order_id = order.client_order_id}};
}

std::vector<DropCopyRow> rows_of(const DropCopyGapView& gap, Markets&) {
    return {{.type = gap.type, .sequence = gap.oldest_sequence}};
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
