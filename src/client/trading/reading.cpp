#include "client/trading/reading.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace omen {

namespace {

bool both_same(const std::optional<std::string>& left, const std::optional<std::string>& right) {
    return left && right && same_wallet(*left, *right);
}

bool is_rejected(const Reading::Known& order) {
    return order.state().status == OrderStatus::rejected;
}

} // namespace

bool OrderRef::is(const gw::OrderState& order) const {
    if (contradicts(order)) return false;
    return (order_id && order.order_id == *order_id) || (client_order_id && order.client_order_id == *client_order_id);
}

bool OrderRef::contradicts(const gw::OrderState& order) const {
    return (order_id && order.order_id && *order.order_id != *order_id) ||
           (client_order_id && order.client_order_id && *order.client_order_id != *client_order_id);
}

bool OrderRef::meets(const OrderRef& other) const {
    return (order_id && order_id == other.order_id) || (client_order_id && client_order_id == other.client_order_id);
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
bool has_ended(const gw::OrderState& order) {
    const auto status = order.status ? order.status->known() : std::nullopt;
    return status && !is_live(*status);
}

bool same_wallet(const std::string& left, const std::string& right) {
    return lower(left) == lower(right);
}

ExecutionMark ExecutionMark::of(const gw::Execution& execution) {
    return {.sequence = execution.sequence,
            .order_id = execution.order ? execution.order->order_id : std::nullopt,
            .event = std::string(to_string(execution.event)),
            .timestamp = execution.timestamp};
}

bool Holder::is_surely(const Holder& other) const {
    return account && account == other.account && both_same(wallet, other.wallet);
}

bool Holder::is_surely_another(const Holder& other) const {
    return wallet && other.wallet && !same_wallet(*wallet, *other.wallet);
}

const Reading::Event* Reading::Known::placed() const {
    for (const auto& one : events)
        if (one.event == ExecutionEvent::accepted || one.event == ExecutionEvent::rejected) return &one;
    return nullptr;
}

std::optional<Timestamp> Reading::Known::last_event_at() const {
    if (!events.empty() && events.back().timestamp) return events.back().timestamp;
    return state().timestamp;
}

Reading::Reading(Clock::time_point began, Holder holder, const std::vector<OrderRef>& wanted)
    : began_(began), holder_(std::move(holder)) {
    for (const auto& ref : wanted) {
        if (ref.order_id) wanted_order_ids_.insert(ref.order_id->value);
        if (ref.client_order_id) wanted_client_ids_.insert(ref.client_order_id->value);
    }
}

bool Reading::is_wanted(const gw::OrderState& order) const {
    return (order.order_id && wanted_order_ids_.contains(order.order_id->value)) ||
           (order.client_order_id && wanted_client_ids_.contains(order.client_order_id->value));
}

/// The record of this order: found by the exchange's id where it has one, else by ours.
Reading::Known& Reading::known(const gw::OrderState& order) {
    const auto& index = order.order_id ? by_order_id_ : by_client_id_;
    const auto& id = order.order_id ? order.order_id->value : order.client_order_id->value;
    if (const auto found = index.find(id); found != index.end()) return orders_[found->second.back()];
    if (order.order_id) by_order_id_[order.order_id->value].push_back(orders_.size());
    if (order.client_order_id) by_client_id_[order.client_order_id->value].push_back(orders_.size());
    return orders_.emplace_back();
}

void Reading::on(const gw::Orders& open) {
    if (open.wallet) {
        if (!holder_.wallet) holder_.wallet = open.wallet;
        // Whose a reading is that speaks of two wallets is not known.
        if (!same_wallet(*holder_.wallet, *open.wallet)) holder_.wallet.reset();
    }
    open_ = open.orders;
    for (const auto& order : open_)
        if (is_wanted(order)) known(order).open = order;
}

void Reading::begin_replay(std::uint64_t from, std::optional<std::uint64_t> issued) {
    from_ = from;
    issued_ = issued;
}

void Reading::on(const gw::Execution& execution) {
    if (execution.wallet && (!holder_.wallet || !same_wallet(*execution.wallet, *holder_.wallet))) return;
    if (issued_ && execution.sequence >= *from_ && execution.sequence <= *issued_) {
        auto mark = ExecutionMark::of(execution);
        const auto [at, is_new] = seen_.try_emplace(execution.sequence, mark);
        if (!is_new) {
            contradicts_itself_ |= at->second != mark;
            return;
        }
    }
    if (!execution.order || !is_wanted(*execution.order)) return;
    auto& events = known(*execution.order).events;
    const auto place =
        std::lower_bound(events.begin(), events.end(), execution.sequence,
                         [](const Event& one, std::uint64_t sequence) { return one.sequence < sequence; });
    if (place != events.end() && place->sequence == execution.sequence) return;
    events.insert(place, {execution.sequence, execution.event, *execution.order, execution.timestamp});
}

void Reading::on(const gw::DropCopyGap& gap) {
    if (!gap_ || gap.oldest_sequence > gap_->oldest_sequence) gap_ = gap;
}

bool Reading::is_whole_from(std::uint64_t first) const {
    if (!issued_ || contradicts_itself_ || first < *from_ || *issued_ + 1 < first) return false;
    if (gap_ && gap_->oldest_sequence > first) return false;
    const auto seen = std::count_if(seen_.begin(), seen_.end(), [&](const auto& one) { return one.first >= first; });
    return static_cast<std::uint64_t>(seen) == *issued_ + 1 - first;
}

bool Reading::has_ended() const {
    if (!issued_) return false;
    if (*issued_ + 1 < *from_) return gap_.has_value(); // the exchange began anew, and is to say so
    const auto first = gap_ ? std::max(*from_, gap_->oldest_sequence) : *from_;
    return first > *issued_ || seen_.size() >= *issued_ + 1 - first;
}

bool Reading::has(const ExecutionMark& mark) const {
    const auto found = seen_.find(mark.sequence);
    return found != seen_.end() && found->second == mark;
}

std::vector<const Reading::Known*> Reading::find(const OrderRef& ref) const {
    std::vector<const Known*> found;
    const auto add = [&](const auto& index, const std::string& id) {
        const auto places = index.find(id);
        if (places == index.end()) return;
        for (const auto place : places->second)
            if (std::find(found.begin(), found.end(), &orders_[place]) == found.end()) found.push_back(&orders_[place]);
    };
    if (ref.order_id) add(by_order_id_, ref.order_id->value);
    if (ref.client_order_id) add(by_client_id_, ref.client_order_id->value);
    std::erase_if(found, [&](const Known* order) { return ref.contradicts(order->state()); });
    const auto rank = [](const Known* order) {
        const auto last = order->events.empty() ? 0 : order->events.back().sequence;
        return std::tuple(!is_rejected(*order), order->open.has_value(), last);
    };
    std::sort(found.begin(), found.end(),
              [&](const Known* left, const Known* right) { return rank(left) > rank(right); });
    return found;
}

} // namespace omen
