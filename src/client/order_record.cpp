#include "client/order_record.hpp"

#include "protocol/codes.hpp"

#include <algorithm>

namespace omen {

namespace {

Fate absent(const char* what, const OrderRecord& record, bool discarded) {
    using Kind = Fate::Kind;
    if (!record.complete()) return {.kind = Kind::unknown, .why = "older executions are no longer kept"};
    if (!discarded) return {.kind = Kind::unknown, .why = std::string(what) + " so far, but it may still execute"};
    return {.kind = Kind::not_executed, .why = what};
}

/// Whether an order on record can be the one that was sent, and not an older one of the same client order id.
bool agrees(const gw::OrderState& known, const gw::Order& sent) {
    return known.market_id == sent.market_id && known.side == sent.side && known.order_type == sent.order_type;
}

Fate ended(const gw::OrderState& order) {
    return {.kind = Fate::Kind::refused,
            .order = order,
            .code = std::string(code::unknown_order),
            .why = "the order is " + std::string(to_string(order.status)) + " already"};
}

} // namespace

bool OrderName::is(const gw::OrderState& order) const {
    return (order_id && *order_id == order.order_id) || (client_order_id && *client_order_id == order.client_order_id);
}

OrderName name_of(const gw::Order& order) {
    return {.client_order_id = order.client_order_id};
}
OrderName name_of(const gw::Cancel& cancel) {
    return {.order_id = cancel.order_id, .client_order_id = cancel.client_order_id};
}
OrderName name_of(const gw::Amend& amend) {
    return {.order_id = amend.order_id, .client_order_id = amend.client_order_id};
}

bool OrderRecord::is_wanted(const gw::OrderState& order) const {
    return std::any_of(wanted_.begin(), wanted_.end(), [&](const OrderName& name) { return name.is(order); });
}

void OrderRecord::on(const gw::Orders& open) {
    open_ = open.orders;
    for (const auto& order : open.orders)
        if (is_wanted(order)) orders_.insert_or_assign(order.order_id, Entry{order});
}

void OrderRecord::on(const gw::Execution& execution) {
    if (!is_wanted(execution.order)) return;
    auto& entry = orders_[execution.order.order_id];
    entry.state = execution.order;
    if (execution.event == ExecutionEvent::amended) entry.amendments.push_back(execution.order);
}

const OrderRecord::Entry* OrderRecord::entry(const OrderName& name) const {
    const Entry* found = nullptr;
    for (const auto& [id, entry] : orders_)
        if (name.is(entry.state) && (found == nullptr || entry.state.status != OrderStatus::rejected)) found = &entry;
    return found;
}

const gw::OrderState* OrderRecord::find(const OrderName& name) const {
    const auto* found = entry(name);
    return found == nullptr ? nullptr : &found->state;
}

bool OrderRecord::amended(const OrderName& name, const gw::Amend& amend) const {
    const auto* found = entry(name);
    if (found == nullptr) return false;
    const auto meets = [&](const gw::OrderState& order) {
        return (!amend.price || order.price == amend.price) && (!amend.size || order.size == *amend.size);
    };
    return meets(found->state) || std::any_of(found->amendments.begin(), found->amendments.end(), meets);
}

bool OrderRecord::knows_all() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [&](const OrderName& name) { return find(name) != nullptr; });
}

Fate fate_of(const gw::Order& order, const OrderRecord& record, bool discarded) {
    const auto* known = record.find(name_of(order));
    if (known == nullptr) return absent("the exchange has no such order", record, discarded);
    if (!agrees(*known, order))
        return {.kind = Fate::Kind::refused,
                .order = *known,
                .code = std::string(code::duplicate_client_order_id),
                .why = "an older order has this client order id"};
    if (known->status == OrderStatus::rejected)
        return {.kind = Fate::Kind::refused, .order = *known, .code = "rejected", .why = "the exchange rejected it"};
    return {.kind = Fate::Kind::executed, .order = *known};
}

Fate fate_of(const gw::Cancel& cancel, const OrderRecord& record, bool discarded) {
    const auto* known = record.find(name_of(cancel));
    if (known == nullptr) {
        auto fate = absent("the exchange has no such order", record, true);
        if (fate.kind != Fate::Kind::not_executed) return fate;
        return {.kind = Fate::Kind::refused, .code = std::string(code::unknown_order), .why = fate.why};
    }
    if (known->status == OrderStatus::cancelled) return {.kind = Fate::Kind::executed, .order = *known};
    if (!is_live(known->status)) return ended(*known);
    auto fate = absent("the order is still open", record, discarded);
    fate.order = *known;
    return fate;
}

Fate fate_of(const gw::Amend& amend, const OrderRecord& record, bool discarded) {
    const auto name = name_of(amend);
    const auto* known = record.find(name);
    if (known == nullptr) {
        auto fate = absent("the exchange has no such order", record, true);
        if (fate.kind != Fate::Kind::not_executed) return fate;
        return {.kind = Fate::Kind::refused, .code = std::string(code::unknown_order), .why = fate.why};
    }
    if (record.amended(name, amend)) return {.kind = Fate::Kind::executed, .order = *known};
    if (!is_live(known->status)) return ended(*known);
    auto fate = absent("the order is as it was", record, discarded);
    fate.order = *known;
    return fate;
}

Fate fate_of(const gw::CancelAll& command, const OrderRecord& record, bool discarded) {
    const auto& open = record.open();
    const bool left = std::any_of(open.begin(), open.end(), [&](const gw::OrderState& order) {
        return !command.market_id || order.market_id == *command.market_id;
    });
    if (!left) return {.kind = Fate::Kind::executed};
    return absent("orders are still open", record, discarded);
}

} // namespace omen
