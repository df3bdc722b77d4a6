#include "client/trading/order_lookup.hpp"

#include "core/error.hpp"

#include <utility>

namespace omen {

void read_executions(Gateway& gateway, std::uint64_t from, Deadline deadline,
                     const std::function<void(const gw::ServerMessage&)>& on_event) {
    const auto subscribed = gateway.call(
        gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = from});
    if (!subscribed.sequence) throw Error(Fault::protocol, "drop-copy: the exchange gave no sequence");
    // Beyond the next one there is a gap, too: the exchange was reset.
    bool gap_to_come = from > *subscribed.sequence + 1;
    for (std::uint64_t seen = from - 1; gap_to_come || seen < *subscribed.sequence;) {
        const auto event = gateway.next(deadline);
        if (!event) throw Error(Fault::unreachable, "the drop-copy replay did not end in time", {.code = "timed_out"});
        if (const auto* execution = std::get_if<gw::Execution>(&*event)) {
            seen = execution->sequence;
            on_event(*event);
        } else if (const auto* gap = std::get_if<gw::DropCopyGap>(&*event)) {
            on_event(*event);
            if (std::exchange(gap_to_come, false)) continue;
            seen = gap->oldest_sequence == 0 ? 0 : gap->oldest_sequence - 1;
        }
    }
}

OrderRecord read_record(Gateway& gateway, std::vector<OrderRef> wanted, Deadline deadline,
                        const std::function<bool(const OrderRecord&)>& enough) {
    gateway.set_deadline(deadline);
    OrderRecord record(std::move(wanted));
    record.on(gateway.call(gw::GetOrders{}));
    if (enough(record)) return record;
    read_executions(gateway, 1, deadline, [&](const gw::ServerMessage& event) {
        if (const auto* execution = std::get_if<gw::Execution>(&event)) record.on(*execution);
        if (const auto* gap = std::get_if<gw::DropCopyGap>(&event)) record.on(*gap);
    });
    record.on_end();
    return record;
}

OrderRecord read_record(Gateway& gateway, const std::vector<gw::TradingCommand>& commands, Deadline deadline) {
    return read_record(gateway, refs_of(commands), deadline,
                       [&](const OrderRecord& open) { return is_settled(commands, open); });
}

std::optional<gw::OrderState> find_order(Gateway& gateway, const OrderRef& name, Deadline deadline) {
    const auto record =
        read_record(gateway, {name}, deadline, [](const OrderRecord& open) { return open.knows_all(); });
    if (const auto* order = record.find(name)) return order->state;
    if (record.complete()) return std::nullopt;
    ErrorDetail detail{.code = "drop_copy_gap"};
    if (name.client_order_id) detail.client_order_id = name.client_order_id->value;
    throw Error(Fault::protocol,
                "order " + (name.client_order_id ? name.client_order_id->value : name.order_id->value) +
                    ": not open, and older executions are no longer kept",
                std::move(detail));
}

} // namespace omen
