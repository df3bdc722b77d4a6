#include "sandbox/exchange/order_rules.hpp"

#include "protocol/codes.hpp"

#include <fmt/format.h>

namespace omen::sandbox {

std::optional<Rejection> check_form(const OrderTerms& order) {
    const auto invalid = [](std::string message) { return Rejection{code::invalid_message, std::move(message)}; };
    if (order.order_type == OrderType::limit) {
        if (!order.price) return invalid("a limit order needs a price");
    } else {
        if (order.price) return invalid("a market order has no price");
        if (order.time_in_force == TimeInForce::gtc) return invalid("a market order is ioc or fok: it can't rest");
    }
    const bool rests = order.order_type == OrderType::limit && order.time_in_force == TimeInForce::gtc;
    if (order.post_only && !rests) return invalid("only a gtc limit order can be post-only");
    return std::nullopt;
}

std::optional<Rejection> check_price(const MarketTerms& market, Decimal price) {
    if (!price.is_positive())
        return Rejection{code::invalid_price, fmt::format("price {} is not positive", price.text())};
    if (!price.is_multiple_of(market.tick_size))
        return Rejection{code::invalid_price, fmt::format("price {} is not a multiple of the tick {}", price.text(),
                                                          market.tick_size.text())};
    return std::nullopt;
}

std::optional<Rejection> check_size(const MarketTerms& market, Decimal size) {
    if (!size.is_positive()) return Rejection{code::invalid_size, fmt::format("size {} is not positive", size.text())};
    if (!size.is_multiple_of(market.lot_size))
        return Rejection{code::invalid_size,
                         fmt::format("size {} is not a multiple of the lot {}", size.text(), market.lot_size.text())};
    if (size < market.min_size)
        return Rejection{code::invalid_size,
                         fmt::format("size {} is below the smallest order {}", size.text(), market.min_size.text())};
    return std::nullopt;
}

std::optional<Rejection> check_amounts(const MarketTerms& market, const OrderTerms& order) {
    if (order.price)
        if (auto rejection = check_price(market, *order.price)) return rejection;
    return check_size(market, order.size);
}

Rejection rejection_of(Refusal refusal) {
    switch (refusal) {
    case Refusal::would_cross:
        return {code::would_cross, "a post-only order must not trade at once"};
    case Refusal::would_not_fill:
        return {code::would_not_fill, "the book can't fill the whole size at once"};
    case Refusal::not_filled:
        break;
    }
    return {code::not_filled, "nothing in the book could fill it"};
}

} // namespace omen::sandbox
