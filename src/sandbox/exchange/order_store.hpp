#pragma once

#include "sandbox/exchange/facts.hpp"
#include "sandbox/exchange/terms.hpp"
#include "sandbox/matching/matching_engine.hpp"
#include "sandbox/money/account.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace omen::sandbox {

/// An order with what the exchange needs beside its state.
struct StoredOrder {
    OrderKey key = 0;
    Owner owner = house;
    std::size_t market = 0;
    OrderFacts state{};
    Decimal filled_value{}; ///< Σ price × size of its fills
    Reason reason{};        ///< why it is there, where its user has not placed it
    OpenOrders open{};      ///< what it counts for in its wallet's open orders

    Decimal remaining() const { return state.remaining(); }
    /// Whether what can't fill at once rests.
    bool rests() const { return state.order_type == OrderType::limit && state.time_in_force == TimeInForce::gtc; }
    /// What counts as open while this much of it rests at a price. Reduce-only orders don't: they can but free margin.
    OpenOrders open_with(Decimal price, Decimal size) const;
};

/// All wallets' orders: live ones, and ended ones for 24 hours, in which their client order ids stay taken. References
/// stay valid until forget_ended().
class OrderStore {
  public:
    /// Adds an order, whose market it names, under the next order id.
    StoredOrder& add(Owner owner, std::size_t market, const OrderTerms& order, Timestamp now);

    StoredOrder& at(OrderKey key) { return orders_.at(key); }
    const StoredOrder& at(OrderKey key) const { return orders_.at(key); }
    /// Nothing when there is no such order, or it is another wallet's.
    StoredOrder* find(Owner owner, const OrderId& id);
    StoredOrder* find(Owner owner, const ClientOrderId& id);
    bool is_taken(Owner owner, const ClientOrderId& id) const { return by_client_id_.contains({owner, id}); }

    /// A wallet's live orders, oldest first.
    std::vector<const StoredOrder*> live(Owner owner) const;
    /// A wallet's live reduce-only orders, oldest first.
    std::vector<StoredOrder*> live_reduce_only(Owner owner);
    std::vector<const StoredOrder*> live_reduce_only(Owner owner) const;

    /// Notes that an order's status is now one in which it can't fill any more.
    void end(const StoredOrder& order, Timestamp now);
    /// Forgets what ended more than 24 hours ago.
    void forget_ended(Timestamp now);

  private:
    struct Ended {
        Timestamp at;
        OrderKey key;
    };

    OrderKey last_key_ = 0;
    std::unordered_map<OrderKey, StoredOrder> orders_;
    std::map<std::pair<Owner, ClientOrderId>, OrderKey> by_client_id_;
    std::unordered_map<Owner, std::set<OrderKey>> live_;
    std::unordered_map<Owner, std::set<OrderKey>> live_reduce_only_;
    std::deque<Ended> ended_;
};

} // namespace omen::sandbox
