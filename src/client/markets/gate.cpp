#include "client/markets/gate.hpp"

#include <algorithm>
#include <utility>

namespace omen {

namespace {

/// The worst price that an order takes; nothing: any.
std::optional<Decimal> limit_of(const gw::Order& order) {
    return order.order_type == OrderType::market ? std::nullopt : order.price;
}

/// Whether an order would take a level rather than leave it.
bool takes(const gw::Order& order, Decimal level) {
    const auto limit = limit_of(order);
    if (!limit) return true;
    return order.side == Side::buy ? level <= *limit : level >= *limit;
}

} // namespace

std::optional<Decimal> notional_of(const gw::Order& order, std::span<const Level> opposite) {
    const auto cost = [](Decimal price, Decimal size) { return multiply(price, size, Rounding::away_from_zero); };
    const auto limit = limit_of(order);
    auto rest_price = limit;
    auto rest = order.size;
    Decimal total;
    for (const auto& level : opposite) {
        if (!rest.is_positive() || !takes(order, level.price)) break;
        const auto taken = std::min(rest, level.size);
        total += cost(level.price, taken);
        rest -= taken;
        if (!limit) rest_price = level.price;
    }
    if (!rest_price) return std::nullopt;
    return total + cost(*rest_price, rest);
}

bool may_improve(const gw::Order& order) {
    return !limit_of(order) || (order.side == Side::sell && !order.post_only);
}

Gate::Gate(Limits limits, Markets& markets)
    : limits_(std::move(limits)), symbol_of_([&markets](const MarketId& id) { return markets.symbol_of(id); }) {
    if (!limits_.allowed_markets) return;
    for (const auto& name : limits_.allowed_markets->value) {
        try {
            allowed_.insert(markets.find(name).id.text());
        } catch (const Error& error) {
            if (error.fault() != Fault::not_found) throw;
        }
    }
}

template <class T>
Error Gate::refused(const gw::Order& order, const std::string& why, const char* code, const Setting<T>& limit) const {
    const auto market = order.market_id ? symbol_of_(*order.market_id) + ": " : std::string();
    return {Fault::refused_locally, market + why, {.code = code, .hint = "the limit is set by " + limit.origin}};
}

std::optional<Error> Gate::refusal(const gw::Order& order, std::span<const Level> opposite) const {
    if (!order.size.is_positive() || (order.price && !order.price->is_positive()))
        return Error(Fault::refused_locally, "order: its size and price are not both above 0, and there are limits",
                     {.code = "bad_value"});
    const bool is_allowed = order.market_id && allowed_.contains(order.market_id->text());
    if (const auto& limit = limits_.allowed_markets; limit && !is_allowed)
        return refused(order, "not one of allowed_markets", "market_not_allowed", *limit);
    if (const auto& limit = limits_.max_order_size; limit && order.size > limit->value)
        return refused(order, "size " + order.size.text() + " is over max_order_size " + limit->value.text(),
                       "max_order_size", *limit);
    return limits_.max_order_notional ? too_much(order, opposite) : std::nullopt;
}

std::optional<Error> Gate::too_much(const gw::Order& order, std::span<const Level> opposite) const {
    const auto& limit = *limits_.max_order_notional;
    const auto bound = "max_order_notional " + limit.value.text();
    const auto refuse = [&](const std::string& why) { return refused(order, why, "max_order_notional", limit); };
    try {
        const auto notional = notional_of(order, opposite);
        if (!notional) return refuse("what the order comes to can't be determined, and there is " + bound);
        if (*notional > limit.value) return refuse("the order comes to " + notional->text() + ", over " + bound);
        return std::nullopt;
    } catch (const DecimalError&) {
        return refuse("what the order comes to is beyond all numbers, and over " + bound);
    }
}

} // namespace omen
