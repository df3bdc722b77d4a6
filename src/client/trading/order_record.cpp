#include "client/trading/order_record.hpp"

#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>

namespace omen {

namespace {

/// Of a command without a trace.
Fate still(const char* what, bool discarded, std::optional<gw::OrderState> order = {}) {
    if (discarded) return {.outcome = Fate::Outcome::not_executed, .order = std::move(order), .why = what};
    return {.outcome = Fate::Outcome::unknown,
            .order = std::move(order),
            .why = std::string(what) + " so far, but the command may still execute"};
}

Fate absent(const char* what, const OrderRecord& record, bool discarded) {
    if (record.complete()) return still(what, discarded);
    return {.outcome = Fate::Outcome::unknown, .why = "older executions are no longer kept"};
}

/// What is missing or not known neither agrees nor contradicts.
template <class T> bool contradicts(const std::optional<T>& known, const std::optional<T>& sent) {
    return known && sent && *known != *sent;
}
template <class E> bool contradicts(const std::optional<Open<E>>& known, E sent) {
    return known && known->known() && *known->known() != sent;
}

/// Whether an order on record has the terms of the one that was sent.
bool agrees(const gw::OrderState& known, const gw::Order& sent) {
    if (contradicts(known.market_id, sent.market_id) || contradicts(known.side, sent.side) ||
        contradicts(known.order_type, sent.order_type))
        return false;
    // A market order has no price, and the exchange may shrink what is to reduce a position.
    return !contradicts(known.price, sent.price) && (sent.reduce_only || known.size == sent.size);
}

bool meets(const gw::OrderState& order, const gw::Amend& amend) {
    return (!amend.price || order.price == amend.price) && (!amend.size || order.size == *amend.size);
}

Fate ended(const gw::OrderState& order) {
    return {.outcome = Fate::Outcome::refused,
            .order = order,
            .code = std::string(code::unknown_order),
            .why = "the order is " + std::string(to_string(*order.status)) + " already"};
}

} // namespace

bool OrderRef::is(const gw::OrderState& order) const {
    return (order_id && order_id == order.order_id) || (client_order_id && client_order_id == order.client_order_id);
}

bool is_same(const gw::OrderState& one, const gw::OrderState& other) {
    if (one.order_id && other.order_id) return *one.order_id == *other.order_id;
    return one.client_order_id && one.client_order_id == other.client_order_id;
}

OrderRef ref_of(const gw::OrderState& order) {
    return {.order_id = order.order_id, .client_order_id = order.client_order_id};
}

OrderRef ref_of(const gw::Order& order) {
    return {.client_order_id = order.client_order_id};
}
OrderRef ref_of(const gw::Cancel& cancel) {
    return {.order_id = cancel.order_id, .client_order_id = cancel.client_order_id};
}
OrderRef ref_of(const gw::Amend& amend) {
    return {.order_id = amend.order_id, .client_order_id = amend.client_order_id};
}

bool OrderRecord::is_wanted(const gw::OrderState& order) const {
    return std::any_of(wanted_.begin(), wanted_.end(), [&](const OrderRef& name) { return name.is(order); });
}

void OrderRecord::on(const gw::Orders& open) {
    open_ = open.orders;
    for (const auto& order : open.orders)
        if (auto* entry = newest(order)) *entry = KnownOrder{order};
}

void OrderRecord::on(const gw::Execution& execution) {
    auto* entry = execution.order ? newest(*execution.order) : nullptr;
    if (entry == nullptr) return;
    update(entry->state, *execution.order);
    if (execution.event == ExecutionEvent::accepted || execution.event == ExecutionEvent::rejected)
        entry->placed = entry->state;
    if (execution.event == ExecutionEvent::amended) entry->amendments.push_back(entry->state);
}

/// The entry of an order, which becomes the last one; null where it is none of those wanted.
OrderRecord::KnownOrder* OrderRecord::newest(const gw::OrderState& order) {
    const auto known =
        std::find_if(orders_.begin(), orders_.end(), [&](const auto& entry) { return is_same(entry.state, order); });
    if (known != orders_.end()) {
        std::rotate(known, known + 1, orders_.end());
        return &orders_.back();
    }
    return is_wanted(order) ? &orders_.emplace_back() : nullptr;
}

const OrderRecord::KnownOrder* OrderRecord::find(const OrderRef& name) const {
    const KnownOrder* found = nullptr;
    for (const auto& entry : orders_)
        if (name.is(entry.state) && (found == nullptr || entry.state.status != OrderStatus::rejected)) found = &entry;
    return found;
}

bool OrderRecord::knows_all() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [&](const OrderRef& name) { return find(name) != nullptr; });
}

Fate fate_of(const gw::Order& order, const OrderRecord& record, bool discarded) {
    const auto* known = record.find(ref_of(order));
    if (known == nullptr) return absent("the exchange has no such order", record, discarded);
    const auto& state = known->state;
    // What has been amended since was once as it was sent.
    if (!agrees(state, order) && !(known->placed && agrees(*known->placed, order))) {
        if (!known->placed)
            return {.outcome = Fate::Outcome::unknown,
                    .order = state,
                    .why = "an order of other terms has its client order id"};
        return {.outcome = Fate::Outcome::refused,
                .order = state,
                .code = std::string(code::duplicate_client_order_id),
                .why = "an older order has this client order id"};
    }
    if (state.status == OrderStatus::rejected)
        return {
            .outcome = Fate::Outcome::refused, .order = state, .code = "rejected", .why = "the exchange rejected it"};
    return {.outcome = Fate::Outcome::executed, .order = state};
}

namespace {

/// Of a cancel or amend whose order is not on record.
Fate of_unknown_order(const OrderRef& name, const OrderRecord& record, bool discarded) {
    // An order that the exchange has named is there or is not; one that we have named may still be on its way.
    auto fate = absent("the exchange has no such order", record, discarded || name.order_id.has_value());
    if (fate.outcome == Fate::Outcome::not_executed)
        fate = {.outcome = Fate::Outcome::refused, .code = std::string(code::unknown_order), .why = fate.why};
    return fate;
}

/// Of a cancel or amend whose order has a status that tells neither that it has ended nor how.
Fate of_unknown_status(const gw::OrderState& order) {
    return {.outcome = Fate::Outcome::unknown,
            .order = order,
            .why = "the exchange gives it a status that is not known here"};
}

} // namespace

Fate fate_of(const gw::Cancel& cancel, const OrderRecord& record, bool discarded) {
    const auto name = ref_of(cancel);
    const auto* known = record.find(name);
    if (known == nullptr) return of_unknown_order(name, record, discarded);
    if (!known->state.status || !known->state.status->known()) return of_unknown_status(known->state);
    if (known->state.status == OrderStatus::cancelled)
        return {.outcome = Fate::Outcome::executed, .order = known->state};
    if (!is_live(known->state.status)) return ended(known->state);
    return still("the order is still open", discarded, known->state);
}

Fate fate_of(const gw::Amend& amend, const OrderRecord& record, bool discarded) {
    const auto name = ref_of(amend);
    const auto* known = record.find(name);
    if (known == nullptr) return of_unknown_order(name, record, discarded);
    const auto& state = known->state;
    if (meets(state, amend)) return {.outcome = Fate::Outcome::executed, .order = state};
    const auto& amendments = known->amendments;
    if (std::any_of(amendments.begin(), amendments.end(), [&](const auto& order) { return meets(order, amend); }))
        return {
            .outcome = Fate::Outcome::unknown, .order = state, .why = "the order has been amended to this, and again"};
    if (!record.complete())
        return {.outcome = Fate::Outcome::unknown, .order = state, .why = "older executions are no longer kept"};
    if (!state.status || !state.status->known()) return of_unknown_status(state);
    if (amend.price && !state.price)
        return {.outcome = Fate::Outcome::unknown, .order = state, .why = "the exchange does not say its price"};
    if (!is_live(state.status)) return ended(state);
    return still("the order is as it was", discarded, state);
}

Fate fate_of(const gw::CancelAll& command, const OrderRecord& record, bool) {
    const auto& open = record.open();
    const bool left = std::any_of(open.begin(), open.end(), [&](const gw::OrderState& order) {
        return !contradicts(order.market_id, command.market_id);
    });
    if (!left) return {.outcome = Fate::Outcome::executed};
    // Nothing tells an order that was there before from one that has come since.
    return {.outcome = Fate::Outcome::unknown,
            .why = "orders are open, which may have been there before it or come since"};
}

std::vector<OrderRef> refs_of(const std::vector<gw::TradingCommand>& commands) {
    std::vector<OrderRef> names;
    for (const auto& command : commands)
        std::visit(
            [&](const auto& one) {
                if constexpr (requires { ref_of(one); }) names.push_back(ref_of(one));
            },
            command);
    return names;
}

bool is_settled(const std::vector<gw::TradingCommand>& commands, const OrderRecord& record) {
    return std::all_of(commands.begin(), commands.end(), [&](const auto& command) {
        // The open orders are all that there is to tell of it.
        if (std::holds_alternative<gw::CancelAll>(command)) return true;
        const auto fate = std::visit([&](const auto& one) { return fate_of(one, record, true); }, command);
        return fate.outcome != Fate::Outcome::unknown;
    });
}

} // namespace omen
