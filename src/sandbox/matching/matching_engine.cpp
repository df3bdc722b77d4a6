// Two ladders, one a side, hold what rests: each price has a queue of entries, oldest first. An order is planned, then
// carried out:
//
//   plan       Walks over what the order meets in the opposite ladder (best price first, oldest first, each at its own
//              price), while the order wants more and its limit reaches that far, and notes for each entry what will
//              happen to it. Nothing is touched.
//   refuse     What must not be follows from that: a post-only order that would meet anything, a fill-or-kill that
//              was not filled whole, an immediate one that was not filled at all.
//   carry_out  Does what was noted, and puts what is left of a limit order that is good till cancelled at the back of
//              its price's queue.
//
// Two kinds of resting order are not simply filled. The taker's own are cancelled instead of traded with. Reduce-only
// ones are filled as far as their owner's position goes, and what is left of them is cancelled. The engine knows no
// positions: it asks for the one from before the command (Reducible), and Coverage subtracts what the same owner's
// orders have given since, within this sweep.
//
// No user's order ever rests where it crosses. The house's levels are set from outside and take no notice of users:
// a new level fills those whose orders it would cross first, and shows what is left of it.
//
// An amendment to no more size at the same price keeps the place in the queue; any other is a cancel and a new order.

#include "sandbox/matching/matching_engine.hpp"

#include "sandbox/matching/ladder.hpp"

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
    enum class Meeting { trades, is_cancelled, is_passed_over, lets_pass };

    Reducible reducible;
    Ladder bids{Side::buy};
    Ladder asks{Side::sell};
    std::unordered_map<OrderKey, Order> orders{};

    Ladder& of(Side side) { return side == Side::buy ? bids : asks; }
    const Ladder& of(Side side) const { return side == Side::buy ? bids : asks; }

    /// Plans what a taker does to what it reaches; `meet(entry)` says what it makes of it.
    template <class Meet> Plan sweep(const NewOrder& taker, Meet meet) const;
    std::optional<Refusal> refusal_of(const NewOrder& order, const Placement& placement) const;
    void take(const Plan::Step& step, Side makers);
    void rest(const NewOrder& order, Decimal size);
    void remove(QueuedOrder& entry, Side side);
};

template <class Meet> Plan MatchingEngine::Impl::sweep(const NewOrder& taker, Meet meet) const {
    using What = Plan::Step::What;
    Plan plan{.order = taker};
    auto& [refusal, fills, self_trades, uncovered, filled, resting] = plan.placement;
    auto left = taker.size;
    Coverage coverage(reducible, opposite(taker.side));
    for (const auto& [price, queue] : of(opposite(taker.side)).queues()) {
        if (left.is_zero() || !reaches(taker.side, taker.price, price)) break;
        for (auto* entry = queue.first; entry && !left.is_zero(); entry = entry->next) {
            const auto meeting = meet(*entry);
            if (meeting == Meeting::is_passed_over) continue;
            if (meeting == Meeting::is_cancelled) {
                self_trades.push_back(entry->key);
                plan.steps.push_back({What::remove, entry});
                continue;
            }
            const auto covered = coverage.of(*entry);
            const auto size = std::min(left, covered);
            left -= size;
            if (meeting == Meeting::lets_pass) {
                plan.steps.push_back({What::let_pass, entry, size});
                continue;
            }
            if (size.is_positive()) {
                coverage.give(*entry, size);
                plan.steps.push_back({What::fill, entry, size});
                fills.push_back({.maker = entry->key,
                                 .taker = taker.key,
                                 .maker_owner = entry->owner,
                                 .taker_owner = taker.owner,
                                 .taker_side = taker.side,
                                 .price = price,
                                 .size = size});
                filled += size;
            }
            if (size == covered && covered < entry->remaining) {
                uncovered.push_back(entry->key);
                plan.steps.push_back({What::remove, entry});
            }
        }
    }
    return plan;
}

std::optional<Refusal> MatchingEngine::Impl::refusal_of(const NewOrder& order, const Placement& placement) const {
    if (order.time_in_force == TimeInForce::fok)
        return placement.filled < order.size ? std::optional(Refusal::would_not_fill) : std::nullopt;
    if (may_rest(order) || placement.filled.is_positive()) return std::nullopt;
    return Refusal::not_filled;
}

void MatchingEngine::Impl::take(const Plan::Step& step, Side makers) {
    using What = Plan::Step::What;
    auto& entry = *step.entry;
    if (step.what == What::let_pass) return of(makers).let_pass(entry, step.size);
    if (step.what == What::remove || step.size == entry.remaining) return remove(entry, makers);
    of(makers).reduce(entry, step.size);
}

void MatchingEngine::Impl::rest(const NewOrder& order, Decimal size) {
    auto& added = orders[order.key];
    added = {.side = order.side,
             .entry = {.key = order.key, .owner = order.owner, .remaining = size, .reduce_only = order.reduce_only}};
    of(order.side).append(added.entry, *order.price);
}

void MatchingEngine::Impl::remove(QueuedOrder& entry, Side side) {
    const auto key = entry.key;
    of(side).remove(entry);
    if (key != 0) orders.erase(key);
}

MatchingEngine::MatchingEngine(Reducible reducible)
    : impl_(std::make_unique<Impl>(Impl{.reducible = std::move(reducible)})) {}
MatchingEngine::~MatchingEngine() = default;
MatchingEngine::MatchingEngine(MatchingEngine&&) noexcept = default;
MatchingEngine& MatchingEngine::operator=(MatchingEngine&&) noexcept = default;

Plan MatchingEngine::plan(const NewOrder& order) const {
    using Meeting = Impl::Meeting;
    const auto& makers = impl_->of(opposite(order.side)).totals();
    if (order.post_only && !makers.empty() && reaches(order.side, order.price, makers.best().price))
        return {.placement = {.refusal = Refusal::would_cross}, .order = order};
    auto plan = impl_->sweep(order, [&](const QueuedOrder& entry) {
        return order.owner != house && entry.owner == order.owner ? Meeting::is_cancelled : Meeting::trades;
    });
    auto& placement = plan.placement;
    if (const auto refusal = impl_->refusal_of(order, placement))
        return {.placement = {.refusal = refusal}, .order = order};
    if (may_rest(order)) placement.resting = order.size - placement.filled;
    if (placement.resting.is_positive()) static_cast<void>(total(order.side, *order.price) + placement.resting);
    return plan;
}

std::optional<Plan> MatchingEngine::plan_amendment(OrderKey key, Decimal price, Decimal remaining,
                                                   bool post_only) const {
    const auto found = impl_->orders.find(key);
    if (found == impl_->orders.end()) return std::nullopt;
    const auto& [side, entry] = found->second;
    const NewOrder again{.key = key,
                         .owner = entry.owner,
                         .side = side,
                         .price = price,
                         .size = remaining,
                         .post_only = post_only,
                         .reduce_only = entry.reduce_only};
    auto amendment = price == entry.queue->price && remaining <= entry.remaining
                         ? Plan{.placement = {.resting = remaining}, .kept_priority = true, .order = again}
                         : plan(again);
    amendment.amends = key;
    return amendment;
}

Plan MatchingEngine::plan_house_level(Side side, Level level) const {
    using Meeting = Impl::Meeting;
    const NewOrder taker{.side = side, .price = level.price, .size = level.size};
    if (impl_->orders.empty()) return {.order = taker, .house_level = level};
    auto plan = impl_->sweep(taker, [](const QueuedOrder& entry) {
        return entry.owner == house ? Meeting::is_passed_over : Meeting::trades;
    });
    plan.house_level = Level{level.price, level.size - plan.placement.filled};
    static_cast<void>(total(side, level.price) - house_level(side, level.price) + level.size);
    return plan;
}

Plan MatchingEngine::plan_recorded_trade(Side taker, Level trade) const {
    using Meeting = Impl::Meeting;
    if (impl_->orders.empty()) return {};
    return impl_->sweep({.side = taker, .price = trade.price, .size = trade.size}, [&](const QueuedOrder& entry) {
        if (entry.owner != house) return Meeting::trades;
        return entry.queue->price == trade.price ? Meeting::lets_pass : Meeting::is_passed_over;
    });
}

void MatchingEngine::carry_out(const Plan& plan) {
    const auto& order = plan.order;
    if (plan.kept_priority) {
        auto& entry = impl_->orders.at(*plan.amends).entry;
        return impl_->of(order.side).reduce(entry, entry.remaining - order.size);
    }
    if (plan.amends) cancel(*plan.amends);
    for (const auto& step : plan.steps) impl_->take(step, opposite(order.side));
    if (plan.house_level) impl_->of(order.side).set_house_level(*plan.house_level);
    if (plan.placement.resting.is_positive()) impl_->rest(order, plan.placement.resting);
}

Placement MatchingEngine::place(const NewOrder& order) {
    auto planned = plan(order);
    if (!planned.placement.refusal) carry_out(planned);
    return std::move(planned.placement);
}

Placement MatchingEngine::set_house_level(Side side, Level level) {
    auto planned = plan_house_level(side, level);
    carry_out(planned);
    return std::move(planned.placement);
}

std::optional<Resting> MatchingEngine::cancel(OrderKey key) {
    const auto resting = find(key);
    if (resting) impl_->remove(impl_->orders.at(key).entry, resting->side);
    return resting;
}

std::optional<Resting> MatchingEngine::find(OrderKey key) const {
    const auto found = impl_->orders.find(key);
    if (found == impl_->orders.end()) return std::nullopt;
    const auto& [side, entry] = found->second;
    return Resting{
        .key = key, .owner = entry.owner, .side = side, .price = entry.queue->price, .remaining = entry.remaining};
}

std::size_t MatchingEngine::size() const {
    return impl_->orders.size();
}

Decimal MatchingEngine::house_level(Side side, Decimal price) const {
    return impl_->of(side).house_level(price);
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

std::vector<std::string> MatchingEngine::faults() const {
    std::vector<std::string> faults;
    for (const auto side : {Side::buy, Side::sell})
        for (const auto& what : impl_->of(side).faults())
            faults.push_back(std::string(to_string(side)) + " side: " + what);
    return faults;
}

} // namespace omen::sandbox
