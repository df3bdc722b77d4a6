#include "client/orders.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// Reads executions up to a sequence; the last state seen of an order is its state.
std::optional<gw::OrderState> last_state(Gateway& gateway, const ClientOrderId& id, std::uint64_t up_to,
                                         Deadline deadline) {
    std::optional<gw::OrderState> state;
    bool gap = false;
    for (std::uint64_t seen = 0; seen < up_to;) {
        auto event = gateway.next(deadline);
        if (!event) throw Error(Fault::unreachable, "order " + id.value + ": the drop-copy replay did not end in time");
        if (const auto* missing = std::get_if<gw::DropCopyGap>(&*event)) {
            gap = true;
            seen = missing->oldest_sequence == 0 ? 0 : missing->oldest_sequence - 1;
        }
        if (const auto* execution = std::get_if<gw::Execution>(&*event)) {
            seen = execution->sequence;
            if (execution->order.client_order_id == id) state = execution->order;
        }
    }
    if (!state && gap)
        throw Error(Fault::protocol, "order " + id.value + ": not open, and older executions are no longer kept",
                    {.code = "drop_copy_gap", .client_order_id = id.value});
    return state;
}

} // namespace

ClientOrderId mint_client_order_id() {
    std::array<unsigned char, 10> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw Error(Fault::internal, "client order id: the system gave no random bytes", {.hint = "use --client-id"});
    std::string id = fmt::format("{:012x}-", Timestamp::now().ms);
    for (const auto byte : random) id += fmt::format("{:02x}", byte);
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

std::optional<gw::OrderState> find_order(Gateway& gateway, const ClientOrderId& id, Deadline deadline) {
    const auto open = gateway.call(gw::GetOrders{});
    const auto found = std::find_if(open.orders.begin(), open.orders.end(),
                                    [&](const gw::OrderState& order) { return order.client_order_id == id; });
    if (found != open.orders.end()) return *found;
    const auto subscribed =
        gateway.call(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = 1});
    if (!subscribed.sequence)
        throw Error(Fault::protocol, "order " + id.value + ": the exchange gave no drop-copy sequence");
    return last_state(gateway, id, *subscribed.sequence, deadline);
}

} // namespace omen
