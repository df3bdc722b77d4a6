// What a command must pass before anything is changed.
//
//   form        what can be said of it without looking at book and wallet; a reduce-only order that can't rest is cut
//   plan        what the matching engine would do with it, which it may refuse
//   settlement  the plan's fills on copies of the accounts that they concern. Where an amount leaves the range there,
//   or
//               would when all that is open fills, the command can't be settled. So what is carried out can be.
//   margin      the copies, once more: what the wallet could bear before must cover what the order takes of that, both
//               while its rest rests and when all of it has filled at its limit
//
// What only reduces a position needs no margin, and neither does an amendment that asks for less and fills nothing.

#include "protocol/codes.hpp"
#include "sandbox/exchange/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sandbox {

namespace {

Rejection halted(const MarketListing& market) {
    return {code::market_halted, fmt::format("{} is halted; orders can be cancelled", market.symbol)};
}

Rejection out_of_range() {
    return {code::insufficient_margin, "its value is beyond any wallet"};
}

} // namespace

std::optional<Rejection> Exchange::check_order(StoredOrder& order, const OrderTerms& terms) {
    if (const auto& listing = markets_[order.market].listing; listing.is_halted()) return halted(listing);
    if (auto rejection = check_form(terms)) return rejection;
    if (auto rejection = check_amounts(markets_[order.market].terms, terms)) return rejection;
    return terms.reduce_only ? check_reduce_only(order) : std::nullopt;
}

std::optional<Rejection> Exchange::check_reduce_only(StoredOrder& order) {
    const auto covered = reducible(order);
    auto& size = order.state.size;
    if (covered.is_zero())
        return Rejection{code::reduce_only,
                         fmt::format("there is no position that a {} would reduce", to_string(order.state.side))};
    if (!order.rests()) {
        size = std::min(size, covered);
        return std::nullopt;
    }
    if (const auto left = reducible_beside_others(order); size > left)
        return Rejection{code::reduce_only,
                         fmt::format("size {} is more than the {} of the position that other reduce-only orders leave",
                                     size.text(), left.text())};
    return std::nullopt;
}

std::optional<Rejection> Exchange::check_amendment(const StoredOrder& order, Decimal price, Decimal size) const {
    if (const auto& listing = markets_[order.market].listing; listing.is_halted()) return halted(listing);
    const auto& terms = markets_[order.market].terms;
    const auto& filled = order.state.filled_size;
    if (auto rejection = check_price(terms, price)) return rejection;
    if (auto rejection = check_size(terms, size)) return rejection;
    if (size <= filled)
        return Rejection{code::invalid_size,
                         fmt::format("size {} is not above the {} filled already", size.text(), filled.text())};
    if (!order.state.reduce_only) return std::nullopt;
    if (const auto left = reducible_beside_others(order); size - filled > left)
        return Rejection{code::reduce_only,
                         fmt::format("{} would remain, more than the {} of the position that can be reduced",
                                     (size - filled).text(), left.text())};
    return std::nullopt;
}

/// How much of the wallet's position an order of this side can reduce.
Decimal Exchange::reducible(Owner owner, std::size_t market, Side side) const {
    const auto size = wallets_.of(owner).account.position(market).size;
    const bool reduces = side == Side::buy ? size.is_negative() : size.is_positive();
    return reduces ? size.abs() : Decimal{};
}

Decimal Exchange::reducible(const StoredOrder& order) const {
    return reducible(order.owner, order.market, order.state.side);
}

Decimal Exchange::reducible_beside_others(const StoredOrder& order) const {
    auto left = reducible(order);
    for (const auto* other : orders_.live_reduce_only(order.owner))
        if (other->market == order.market && other->key != order.key) left -= other->remaining();
    return left;
}

std::variant<Plan, Rejection> Exchange::plan_order(const StoredOrder& order) const try {
    auto plan = markets_[order.market].engine.plan({.key = order.key,
                                                    .owner = order.owner,
                                                    .side = order.state.side,
                                                    .price = order.state.price,
                                                    .size = order.state.size,
                                                    .time_in_force = order.state.time_in_force,
                                                    .post_only = order.state.post_only,
                                                    .reduce_only = order.state.reduce_only});
    if (auto rejection = check_settlement(order, plan)) return *rejection;
    return plan;
} catch (const DecimalError&) {
    return out_of_range();
}

std::variant<Plan, Rejection> Exchange::plan_amendment(const StoredOrder& order, Decimal price, Decimal remaining) const
    try {
    auto plan = *markets_[order.market].engine.plan_amendment(order.key, price, remaining, order.state.post_only);
    if (auto rejection = check_settlement(order, plan)) return *rejection;
    return plan;
} catch (const DecimalError&) {
    return out_of_range();
}

/// The engine's own refusals come first.
std::optional<Rejection> Exchange::check_settlement(const StoredOrder& order, const Plan& plan) const {
    const auto& placement = plan.placement;
    if (placement.refusal) return rejection_of(*placement.refusal);
    auto trial = try_out(placement, order.market);
    auto& account = trial.accounts.try_emplace(order.owner, wallets_.of(order.owner).account).first->second;
    account.change_open_orders(order.market, order.state.side, order.open, {});
    auto all_filled = account;
    if (placement.resting.is_positive())
        account.change_open_orders(order.market, order.state.side, {},
                                   order.open_with(*plan.order.price, placement.resting));
    for (const auto& [owner, tried] : trial.accounts) tried.check_range(order.market);
    if (order.state.reduce_only) return std::nullopt;
    return check_margin(order, plan, account, std::move(all_filled));
}

std::optional<Rejection> Exchange::check_margin(const StoredOrder& order, const Plan& plan, const Account& rests,
                                                Account filled) const {
    const auto side = order.state.side;
    const auto resting = plan.placement.resting;
    const auto open = resting.is_positive() ? order.open_with(*plan.order.price, resting) : OpenOrders{};
    const bool asks_less =
        plan.amends && plan.placement.fills.empty() && open.size <= order.open.size && open.value <= order.open.value;
    const auto& before = wallets_.of(order.owner).account;
    if (asks_less || before.only_reduces(order.market, side, plan.order.size - order.open.size)) return std::nullopt;

    Decimal fee;
    if (resting.is_positive()) {
        fee = std::max(Decimal{}, fee_of(*plan.order.price, resting, markets_[order.market].terms.taker_fee));
        filled.fill(order.market, side, *plan.order.price, resting, fee);
    }
    auto left = rests.available(margin_terms_) - fee;
    if (resting.is_positive()) left = std::min(left, filled.available(margin_terms_));
    if (!left.is_negative()) return std::nullopt;
    const auto available = before.available(margin_terms_);
    return Rejection{code::insufficient_margin, fmt::format("it needs {} for margin and fee, {} is available",
                                                            (available - left).text(), available.text())};
}

} // namespace omen::sandbox
