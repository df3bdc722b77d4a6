#include "sandbox/exchange/order_store.hpp"

#include "core/integer.hpp"

#include <string>
#include <string_view>

namespace omen::sandbox {

namespace {

constexpr std::int64_t kept_ms = 24 * 3'600'000;
constexpr std::string_view id_prefix = "o-";

OrderId id_of(OrderKey key) {
    return {std::string(id_prefix) + std::to_string(key)};
}

/// The key in an order id; 0, which no order has, when it is none of ours.
OrderKey key_of(const OrderId& id) {
    if (!id.value.starts_with(id_prefix)) return 0;
    const auto key = parse_integer<OrderKey>(std::string_view(id.value).substr(id_prefix.size())).value_or(0);
    return id_of(key) == id ? key : 0;
}

} // namespace

OpenOrders StoredOrder::open_with(Decimal price, Decimal size) const {
    if (state.reduce_only || !rests() || size.is_zero()) return {};
    return {.size = size, .value = multiply(price, size, Rounding::away_from_zero)};
}

StoredOrder& OrderStore::add(Owner owner, std::size_t market, const OrderTerms& order, Timestamp now) {
    const auto key = ++last_key_;
    auto& added = orders_[key];
    added = {.key = key, .owner = owner, .market = market};
    added.state = {.order_id = id_of(key),
                   .client_order_id = order.client_order_id,
                   .market_id = *order.market_id,
                   .side = order.side,
                   .order_type = order.order_type,
                   .price = order.price,
                   .size = order.size,
                   .time_in_force = order.time_in_force,
                   .post_only = order.post_only,
                   .reduce_only = order.reduce_only,
                   .timestamp = now};
    by_client_id_.emplace(std::pair(owner, order.client_order_id), key);
    live_[owner].insert(key);
    if (order.reduce_only) live_reduce_only_[owner].insert(key);
    return added;
}

StoredOrder* OrderStore::find(Owner owner, const OrderId& id) {
    const auto found = orders_.find(key_of(id));
    return found != orders_.end() && found->second.owner == owner ? &found->second : nullptr;
}

StoredOrder* OrderStore::find(Owner owner, const ClientOrderId& id) {
    const auto found = by_client_id_.find({owner, id});
    return found == by_client_id_.end() ? nullptr : &orders_.at(found->second);
}

namespace {

template <class Order, class Orders, class Keys>
std::vector<Order*> listed(Orders& orders, const Keys& keys, Owner owner) {
    std::vector<Order*> result;
    if (const auto found = keys.find(owner); found != keys.end())
        for (const auto key : found->second) result.push_back(&orders.at(key));
    return result;
}

} // namespace

std::vector<const StoredOrder*> OrderStore::live(Owner owner) const {
    return listed<const StoredOrder>(orders_, live_, owner);
}

std::vector<StoredOrder*> OrderStore::live_reduce_only(Owner owner) {
    return listed<StoredOrder>(orders_, live_reduce_only_, owner);
}

std::vector<const StoredOrder*> OrderStore::live_reduce_only(Owner owner) const {
    return listed<const StoredOrder>(orders_, live_reduce_only_, owner);
}

void OrderStore::end(const StoredOrder& order, Timestamp now) {
    live_[order.owner].erase(order.key);
    if (order.state.reduce_only) live_reduce_only_[order.owner].erase(order.key);
    ended_.push_back({now, order.key});
}

void OrderStore::forget_ended(Timestamp now) {
    while (!ended_.empty() && now.ms - ended_.front().at.ms > kept_ms) {
        const auto found = orders_.find(ended_.front().key);
        by_client_id_.erase({found->second.owner, found->second.state.client_order_id});
        orders_.erase(found);
        ended_.pop_front();
    }
}

} // namespace omen::sandbox
