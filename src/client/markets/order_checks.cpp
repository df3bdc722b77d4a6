#include "client/markets/order_checks.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace omen {

namespace {

std::string nearest_values(Decimal value, Decimal step) {
    const auto below = floor_to(value, step);
    const auto above = below + step;
    if (!below.is_positive()) return "use " + above.text();
    return "use " + below.text() + " or " + above.text();
}

/// The tick or lot size, without which no order can be checked.
Decimal step_of(const rest::MarketResponse& market, const std::optional<Decimal>& step, const char* field) {
    if (step && step->is_positive()) return *step;
    const auto why = step ? ": the exchange says that its " + std::string(field) + " is " + step->text()
                          : ": the exchange does not say its " + std::string(field);
    throw Error(Fault::protocol, market.symbol + why,
                {.code = "unreadable_answer", .hint = "name the market by its id to send orders unchecked"});
}

template <class T>
[[noreturn]] void refuse(const Market& market, const std::string& why, const char* code, const Setting<T>& limit) {
    throw Error(Fault::refused_locally, market.symbol() + ": " + why,
                {.code = code, .hint = "the limit is set by " + limit.origin});
}

bool is_named(Markets& markets, const Market& market, const std::string& name) {
    if (market.id.text() == name) return true;
    return market.details && lower(market.details->symbol) == lower(name) && markets.find(name).id == market.id;
}

/// Whether an order would take a level rather than leave it.
bool takes(const gw::Order& order, Decimal level) {
    if (!order.price) return true;
    return order.side == Side::buy ? level <= *order.price : level >= *order.price;
}

void check_notional(const Setting<Decimal>& limit, const Market& market, const gw::Order& order,
                    std::span<const Level> opposite) {
    constexpr auto code = "max_order_notional";
    const auto bound = "max_order_notional " + limit.value.text();
    std::optional<Decimal> notional;
    try {
        notional = notional_of(order, opposite);
    } catch (const DecimalError&) {
        refuse(market, "what the order comes to is beyond all numbers, and over " + bound, code, limit);
    }
    if (!notional) refuse(market, "what the order comes to cannot be determined, and there is " + bound, code, limit);
    if (*notional > limit.value)
        refuse(market, "the order comes to " + notional->text() + ", over " + bound, code, limit);
}

} // namespace

void check_against_market(const rest::MarketResponse& market, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    const auto refuse = [&](std::string why, std::string hint, const char* code) {
        throw Error(Fault::refused_locally, market.symbol + ": " + why, {.code = code, .hint = std::move(hint)});
    };
    if (price) {
        const auto tick = step_of(market, market.tick_size, "tick_size");
        if (!price->is_multiple_of(tick))
            refuse("price " + price->text() + " is not a multiple of the tick " + tick.text(),
                   nearest_values(*price, tick), "invalid_price");
    }
    if (!size) return;
    const auto lot = step_of(market, market.lot_size, "lot_size");
    if (market.min_size && *size < *market.min_size)
        refuse("size " + size->text() + " is under the minimum " + market.min_size->text(),
               "use at least " + market.min_size->text(), "invalid_size");
    if (!size->is_multiple_of(lot))
        refuse("size " + size->text() + " is not a multiple of the lot " + lot.text(), nearest_values(*size, lot),
               "invalid_size");
}

void check_against_market(Markets& markets, const Market& market, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    if (!market.details) return;
    try {
        check_against_market(*market.details, price, size);
    } catch (const Error&) {
        const auto now = markets.refreshed(market.id);
        if (!now) throw;
        check_against_market(*now->details, price, size);
    }
}

bool needs_book(const Limits& limits, const gw::Order& order) {
    // A buy never costs more than its price says. A sell may bring more, unless it only ever rests.
    const bool price_tells = order.price && (order.side == Side::buy || order.post_only);
    return limits.max_order_notional && !price_tells;
}

std::optional<Decimal> notional_of(const gw::Order& order, std::span<const Level> opposite) {
    const auto cost = [](Decimal price, Decimal size) { return multiply(price, size, Rounding::away_from_zero); };
    auto rest_price = order.price;
    auto rest = order.size;
    Decimal total;
    for (const auto& level : opposite) {
        if (!rest.is_positive() || !takes(order, level.price)) break;
        const auto taken = std::min(rest, level.size);
        total += cost(level.price, taken);
        rest -= taken;
        if (!order.price) rest_price = level.price;
    }
    if (!rest_price) return std::nullopt;
    return total + cost(*rest_price, rest);
}

void check_limits(const Limits& limits, Markets& markets, const Market& market, const gw::Order& order,
                  std::span<const Level> opposite) {
    if (const auto& allowed = limits.allowed_markets) {
        const auto& names = allowed->value;
        if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return is_named(markets, market, name); }))
            refuse(market, "not one of allowed_markets", "market_not_allowed", *allowed);
    }
    if (const auto& limit = limits.max_order_size; limit && order.size > limit->value)
        refuse(market, "size " + order.size.text() + " is over max_order_size " + limit->value.text(), "max_order_size",
               *limit);
    if (limits.max_order_notional) check_notional(*limits.max_order_notional, market, order, opposite);
}

} // namespace omen
