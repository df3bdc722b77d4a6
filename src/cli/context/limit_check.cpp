#include "cli/context/limit_check.hpp"

#include "client/markets/limit_check.hpp"

#include <algorithm>

namespace omen {

namespace {

bool is_meant(const gw::OrderState& order, const gw::Amend& amend) {
    return (amend.order_id && order.order_id == *amend.order_id) ||
           (amend.client_order_id && order.client_order_id == *amend.client_order_id);
}

gw::Order amended(const gw::OrderState& order, const gw::Amend& amend) {
    return {.client_order_id = order.client_order_id,
            .market_id = order.market_id,
            .side = order.side,
            .order_type = order.order_type,
            .price = amend.price ? amend.price : order.price,
            .size = amend.size.value_or(order.size),
            .time_in_force = order.time_in_force,
            .post_only = order.post_only,
            .reduce_only = order.reduce_only};
}

std::vector<gw::OrderState> open_orders(Context& context) {
    // Between one amend and the next of a batch, a session may come to its end.
    if (context.outlives_deadline()) return context.another_gateway(context.step()).call(gw::GetOrders{}).orders;
    return context.gateway().call(gw::GetOrders{}).orders;
}

} // namespace

Market market_to_trade(Context& context, std::string_view name) {
    auto& markets = context.markets();
    return context.settings().limits.any() ? markets.find(name) : markets.find_quickly(name);
}

void check_limits(Context& context, const Market& market, const gw::Order& order) {
    const auto& limits = context.settings().limits;
    if (!limits.need_book(order)) return check_limits(limits, market, order);
    const auto book = context.rest().orderbook(market.id, {});
    check_limits(limits, market, order, order.side == Side::buy ? book.asks : book.bids);
}

void check_limits(Context& context, const gw::Amend& amend) {
    if (!context.settings().limits.any()) return;
    const auto open = open_orders(context);
    const auto order = std::find_if(open.begin(), open.end(), [&](const auto& one) { return is_meant(one, amend); });
    if (order == open.end()) return;
    check_limits(context, context.markets().find(order->market_id.text()), amended(*order, amend));
}

} // namespace omen
