// Two ladders, one a side, hold what rests: each price has a queue of orders, oldest first, in which the house's
// liquidity stands as one entry. An order is placed in three steps:
//
//   1. refuse  What it must not do is found out without touching anything: a post-only order that would cross, a
//              fill-or-kill that others' orders cannot fill, an immediate one that nobody else's order is in reach
//              of.
//   2. match   The front of the opposite ladder is taken, again and again (best price first, oldest first, each at
//              its own price), while the order wants more and its limit reaches that far.
//   3. rest    What is left of a limit order that is good till cancelled goes to the back of its price's queue.
//
// Two kinds of resting order are not simply filled. The taker's own are cancelled instead of traded with. Reduce-only
// ones are filled as far as their owner's position goes, and what is left of them is cancelled. The engine knows no
// positions: it asks for the one from before the command (Reducible), and Coverage subtracts what the same owner's
// orders have given since, within this sweep.
//
// Step 1 looks ahead with walk(), which visits what step 2 would trade with, in the same order and for the same
// amounts. So an order that is not refused fills what it must, and one that is refused has changed nothing.
//
// No user's order ever rests where it crosses. The house's levels are set from outside and take no notice of users:
// those whose orders a new level would cross are filled first, whole, each at its own price.
//
// An amendment to no more size at the same price keeps the place in the queue; any other is checked as in step 1, and
// is a cancel and a new order then.

#include "sandbox/exchange/matching_engine.hpp"

#include "sandbox/exchange/ladder.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace omen::sandbox {

namespace {

/// Whether a taker with this limit (none: any price) trades at this price.
bool reaches(Side taker, std::optional<Decimal> limit, Decimal price) {
    if (!limit) return true;
    return taker == Side::buy ? price <= *limit : price >= *limit;
}

bool is_own(const QueuedOrder& entry, Owner owner) {
    return owner != house && entry.owner == owner;
}

bool may_rest(const NewOrder& order) {
    return order.price && order.time_in_force == TimeInForce::gtc;
}

/// How much of each maker can trade within one command: all of it, but of a reduce-only order no more than the position
/// that its owner's orders before it leave.
class Coverage {
  public:
    Coverage(const MatchingEngine::Reducible& reducible, Side makers) : reducible_(reducible), side_(makers) {}

    Decimal of(const QueuedOrder& maker) const {
        if (!maker.reduce_only || !reducible_) return maker.remaining;
        const auto given = given_.find(maker.owner);
        const auto left = reducible_(maker.owner, side_) - (given == given_.end() ? Decimal{} : given->second);
        return std::clamp(left, Decimal{}, maker.remaining);
    }
    void give(const QueuedOrder& maker, Decimal size) {
        if (maker.owner != house) given_[maker.owner] += size;
    }

  private:
    const MatchingEngine::Reducible& reducible_;
    Side side_;
    std::map<Owner, Decimal> given_{};
};

} // namespace

struct MatchingEngine::Impl {
    struct Order {
        Side side;
        QueuedOrder entry;
    };

    Reducible reducible;
    Ladder bids{Side::buy};
    Ladder asks{Side::sell};
    std::unordered_map<OrderKey, Order> orders{};

    Ladder& of(Side side) { return side == Side::buy ? bids : asks; }

    std::optional<Refusal> refusal_of(const NewOrder& order);
    Placement place(const NewOrder& order);
    void match(const NewOrder& order, Placement& placement);
    void rest(const NewOrder& order, Decimal size);
    void take(QueuedOrder& maker, const NewOrder& taker, Coverage& coverage, Placement& placement);
    void fill(QueuedOrder& maker, const NewOrder& taker, Decimal size, std::vector<Fill>& fills);
    void remove(QueuedOrder& entry, Side side);
    Placement fill_crossed_users(Side side, Decimal price);

    /// Calls `visit(price, entry, size)` for everything that a taker reaches and that is not its own, in the order in
    /// which it would trade, until that returns false. The size is what it would get.
    template <class Visit> void walk(Side taker, std::optional<Decimal> limit, Owner owner, Visit visit) {
        Coverage coverage(reducible, opposite(taker));
        for (const auto& [price, queue] : of(opposite(taker)).queues()) {
            if (!reaches(taker, limit, price)) return;
            for (auto* entry = queue.first; entry; entry = entry->next) {
                if (is_own(*entry, owner)) continue;
                const auto size = coverage.of(*entry);
                coverage.give(*entry, size);
                if (!visit(price, *entry, size)) return;
            }
        }
    }
};

std::optional<Refusal> MatchingEngine::Impl::refusal_of(const NewOrder& order) {
    const auto* best = of(opposite(order.side)).front();
    const bool crosses = best && reaches(order.side, order.price, best->queue->price);
    if (order.post_only) return crosses ? std::optional(Refusal::would_cross) : std::nullopt;
    if (may_rest(order)) return std::nullopt;

    const auto wanted = order.time_in_force == TimeInForce::fok ? order.size : Decimal::from_units(1);
    Decimal reachable;
    walk(order.side, order.price, order.owner, [&](Decimal, const QueuedOrder&, Decimal size) {
        reachable += size;
        return reachable < wanted;
    });
    if (reachable >= wanted) return std::nullopt;
    return order.time_in_force == TimeInForce::fok ? Refusal::would_not_fill : Refusal::not_filled;
}

Placement MatchingEngine::Impl::place(const NewOrder& order) {
    Placement placement{.refusal = refusal_of(order)};
    if (placement.refusal) return placement;
    match(order, placement);
    if (const auto rest_size = order.size - placement.filled; may_rest(order) && rest_size.is_positive()) {
        rest(order, rest_size);
        placement.resting = rest_size;
    }
    return placement;
}

void MatchingEngine::Impl::match(const NewOrder& order, Placement& placement) {
    auto& makers = of(opposite(order.side));
    Coverage coverage(reducible, opposite(order.side));
    while (placement.filled < order.size) {
        auto* maker = makers.front();
        if (!maker || !reaches(order.side, order.price, maker->queue->price)) return;
        if (is_own(*maker, order.owner)) {
            placement.self_trades.push_back(maker->key);
            remove(*maker, opposite(order.side));
        } else {
            take(*maker, order, coverage, placement);
        }
    }
}

/// Fills a maker as far as the taker wants it and its coverage allows; what is not covered goes.
void MatchingEngine::Impl::take(QueuedOrder& maker, const NewOrder& taker, Coverage& coverage, Placement& placement) {
    const auto covered = coverage.of(maker);
    const auto size = std::min(taker.size - placement.filled, covered);
    const bool is_uncovered = size == covered && covered < maker.remaining;
    if (is_uncovered) placement.uncovered.push_back(maker.key);
    if (size.is_positive()) {
        coverage.give(maker, size);
        fill(maker, taker, size, placement.fills);
        placement.filled += size;
    }
    if (is_uncovered) remove(maker, opposite(taker.side));
}

void MatchingEngine::Impl::rest(const NewOrder& order, Decimal size) {
    auto& added = orders[order.key];
    added = {.side = order.side,
             .entry = {.key = order.key, .owner = order.owner, .remaining = size, .reduce_only = order.reduce_only}};
    of(order.side).append(added.entry, *order.price);
}

void MatchingEngine::Impl::fill(QueuedOrder& maker, const NewOrder& taker, Decimal size, std::vector<Fill>& fills) {
    fills.push_back({.maker = maker.key,
                     .taker = taker.key,
                     .maker_owner = maker.owner,
                     .taker_owner = taker.owner,
                     .taker_side = taker.side,
                     .price = maker.queue->price,
                     .size = size});
    if (size == maker.remaining)
        remove(maker, opposite(taker.side));
    else
        of(opposite(taker.side)).reduce(maker, size);
}

void MatchingEngine::Impl::remove(QueuedOrder& entry, Side side) {
    const auto key = entry.key; // the entry may go with its queue
    of(side).remove(entry);
    if (key != 0) orders.erase(key);
}

Placement MatchingEngine::Impl::fill_crossed_users(Side side, Decimal price) {
    std::vector<QueuedOrder*> crossed;
    NewOrder taker{.owner = house, .side = side};
    walk(side, price, house, [&](Decimal, QueuedOrder& entry, Decimal size) {
        if (entry.owner == house) return true;
        crossed.push_back(&entry);
        taker.size += size;
        return true;
    });
    Placement placement;
    Coverage coverage(reducible, opposite(side));
    for (auto* entry : crossed) take(*entry, taker, coverage, placement);
    return placement;
}

MatchingEngine::MatchingEngine(Reducible reducible)
    : impl_(std::make_unique<Impl>(Impl{.reducible = std::move(reducible)})) {}
MatchingEngine::~MatchingEngine() = default;
MatchingEngine::MatchingEngine(MatchingEngine&&) noexcept = default;
MatchingEngine& MatchingEngine::operator=(MatchingEngine&&) noexcept = default;

Placement MatchingEngine::place(const NewOrder& order) {
    return impl_->place(order);
}

std::optional<Resting> MatchingEngine::cancel(OrderKey key) {
    const auto resting = find(key);
    if (resting) impl_->remove(impl_->orders.at(key).entry, resting->side);
    return resting;
}

std::optional<MatchingEngine::Amendment> MatchingEngine::amend(OrderKey key, Decimal price, Decimal remaining,
                                                               bool post_only) {
    const auto resting = find(key);
    if (!resting) return std::nullopt;
    if (price == resting->price && remaining <= resting->remaining) {
        impl_->of(resting->side).reduce(impl_->orders.at(key).entry, resting->remaining - remaining);
        return Amendment{.kept_priority = true, .placement = {.resting = remaining}};
    }
    const NewOrder again{.key = key,
                         .owner = resting->owner,
                         .side = resting->side,
                         .price = price,
                         .size = remaining,
                         .post_only = post_only,
                         .reduce_only = impl_->orders.at(key).entry.reduce_only};
    if (const auto refusal = impl_->refusal_of(again)) return Amendment{.placement = {.refusal = refusal}};
    cancel(key);
    return Amendment{.placement = impl_->place(again)};
}

std::optional<Resting> MatchingEngine::find(OrderKey key) const {
    const auto found = impl_->orders.find(key);
    if (found == impl_->orders.end()) return std::nullopt;
    const auto& [side, entry] = found->second;
    return Resting{
        .key = key, .owner = entry.owner, .side = side, .price = entry.queue->price, .remaining = entry.remaining};
}

Placement MatchingEngine::set_house_level(Side side, Level level) {
    Placement placement;
    if (!level.size.is_zero()) placement = impl_->fill_crossed_users(side, level.price);
    impl_->of(side).set_house_level(level);
    return placement;
}

Decimal MatchingEngine::house_level(Side side, Decimal price) const {
    return impl_->of(side).house_level(price);
}

Decimal MatchingEngine::available(Side taker, std::optional<Decimal> limit, Owner owner) const {
    Decimal sum;
    impl_->walk(taker, limit, owner, [&](Decimal, const QueuedOrder&, Decimal size) {
        sum += size;
        return true;
    });
    return sum;
}

Decimal MatchingEngine::cost_of(Side taker, Decimal size, Owner owner) const {
    Decimal cost;
    impl_->walk(taker, std::nullopt, owner, [&](Decimal price, const QueuedOrder&, Decimal offered) {
        const auto part = std::min(size, offered);
        cost += multiply(price, part, Rounding::away_from_zero);
        size -= part;
        return size.is_positive();
    });
    return cost;
}

Decimal MatchingEngine::total(Side side, Decimal price) const {
    return impl_->of(side).total(price);
}

const BookSide& MatchingEngine::bids() const {
    return impl_->bids.totals();
}
const BookSide& MatchingEngine::asks() const {
    return impl_->asks.totals();
}

MatchingEngine::Changes MatchingEngine::take_changes() {
    return {.bids = impl_->bids.take_changes(), .asks = impl_->asks.take_changes()};
}

} // namespace omen::sandbox
