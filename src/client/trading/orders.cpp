#include "client/trading/orders.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"

#include <fmt/format.h>

#include <array>
#include <sys/random.h>

namespace omen {

namespace {

std::string nearest_values(Decimal value, Decimal step) {
    const auto below = floor_to(value, step);
    const auto above = below + step;
    if (!below.is_positive()) return "use " + above.text();
    return "use " + below.text() + " or " + above.text();
}

constexpr std::string_view hex_digits = "0123456789abcdef";

} // namespace

ClientOrderId mint_client_order_id() {
    std::array<unsigned char, 10> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw Error(Fault::internal, "client order id: the system gave no random bytes", {.hint = "use --client-id"});
    std::string id = fmt::format("{:012x}-", Timestamp::now().ms);
    for (const auto byte : random) id += {hex_digits[byte >> 4U], hex_digits[byte & 15U]};
    return {id};
}

void check_against_market(const rest::MarketResponse& market, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    const auto refuse = [&](std::string why, std::string hint, const char* code) {
        throw Error(Fault::refused_locally, market.symbol + ": " + why, {.code = code, .hint = std::move(hint)});
    };
    if (price && market.tick_size.is_positive() && !price->is_multiple_of(market.tick_size))
        refuse("price " + price->text() + " is not a multiple of the tick " + market.tick_size.text(),
               nearest_values(*price, market.tick_size), "invalid_price");
    if (size && *size < market.min_size)
        refuse("size " + size->text() + " is under the minimum " + market.min_size.text(),
               "use at least " + market.min_size.text(), "invalid_size");
    if (size && market.lot_size.is_positive() && !size->is_multiple_of(market.lot_size))
        refuse("size " + size->text() + " is not a multiple of the lot " + market.lot_size.text(),
               nearest_values(*size, market.lot_size), "invalid_size");
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

gw::OrderState state_of(const gw::Order& order, const gw::OrderAccepted& accepted) {
    return {.order_id = accepted.order_id,
            .client_order_id = accepted.client_order_id,
            .market_id = order.market_id,
            .side = order.side,
            .order_type = order.order_type,
            .price = order.price,
            .size = order.size,
            .filled_size = accepted.filled_size,
            .average_price = accepted.average_price,
            .time_in_force = order.time_in_force,
            .post_only = order.post_only,
            .reduce_only = order.reduce_only,
            .status = accepted.status,
            .timestamp = accepted.timestamp};
}

std::string in_words(const gw::OrderState& order) {
    return "order " + order.client_order_id.value + ": " + std::string(to_string(order.status)) + ", filled " +
           order.filled_size.text() + " of " + order.size.text();
}

void check_filled(const gw::OrderState& order) {
    if (is_live(order.status) || order.status == OrderStatus::filled || order.filled_size.is_positive()) return;
    throw Error(Fault::refused,
                "order " + order.client_order_id.value + ": " + std::string(to_string(order.status)) +
                    ", nothing filled",
                {.code = std::string(code::not_filled), .client_order_id = order.client_order_id.value});
}

} // namespace omen
