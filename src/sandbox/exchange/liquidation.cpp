#include "sandbox/exchange/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sandbox {

void Exchange::track_risk(Owner owner) {
    const auto& account = wallets_.of(owner).account;
    if (account.is_flat() && !account.balance().is_negative())
        at_risk_.erase(owner);
    else
        at_risk_.insert(owner);
    risk_changed_ = true;
}

/// Closing one wallet's positions moves the book and may endanger the next. Each gets one attempt; whom the book could
/// not close is tried again when a command next ends.
void Exchange::liquidate_endangered(Timestamp now) {
    std::set<Owner> tried;
    while (const auto owner = next_endangered(tried)) {
        tried.insert(*owner);
        contain(*owner, [&] { liquidate(*owner, now); });
        publish(now);
    }
    risk_changed_ = std::any_of(tried.begin(), tried.end(), [this](Owner owner) { return at_risk_.contains(owner); });
}

std::optional<Owner> Exchange::next_endangered(const std::set<Owner>& tried) {
    for (const auto owner : at_risk_) {
        if (tried.contains(owner)) continue;
        bool is_endangered = false;
        contain(owner, [&] { is_endangered = wallets_.of(owner).account.is_endangered(margin_terms_); });
        if (is_endangered) return owner;
    }
    return std::nullopt;
}

void Exchange::liquidate(Owner owner, Timestamp now) {
    for (const auto* order : orders_.live(owner)) cancel_resting(orders_.at(order->key), now, reason::liquidation);
    for (std::size_t market = 0; market < markets_.size(); ++market)
        contain(owner, [&] { close_at_market(owner, market, now); });
    write_off_debt(owner, now);
}

void Exchange::close_at_market(Owner owner, std::size_t market, Timestamp now) {
    const auto size = wallets_.of(owner).account.position(market).size;
    if (size.is_zero()) return;
    const NewOrder wanted{.owner = owner,
                          .side = size.is_positive() ? Side::sell : Side::buy,
                          .size = size.abs(),
                          .time_in_force = TimeInForce::ioc};
    if (markets_[market].engine.plan(wanted).placement.refusal) return;
    const OrderTerms closing{.client_order_id = liquidation_id(owner),
                             .market_id = markets_[market].terms.market_id,
                             .side = wanted.side,
                             .order_type = OrderType::market,
                             .price = {},
                             .size = wanted.size,
                             .time_in_force = wanted.time_in_force,
                             .reduce_only = true};
    auto& order = orders_.add(owner, market, closing, now);
    order.reason = reason::liquidation;
    auto planned = plan_order(order);
    if (const auto* plan = std::get_if<Plan>(&planned)) return enter(order, *plan, now);
    end_order(order, OrderStatus::rejected, now);
}

/// What the wallet's equity is below zero nobody will ever pay; what its balance is below zero is how much of that has
/// been realised.
void Exchange::write_off_debt(Owner owner, Timestamp now) {
    auto& account = wallets_.of(owner).account;
    auto left = -std::max(account.balance(), account.equity(margin_terms_));
    for (std::size_t market = 0; market < markets_.size() && left.is_positive(); ++market) {
        const auto debt = std::min(left, account.deficit(market));
        if (debt.is_zero()) continue;
        ledger_.debt += debt; // which is all that can leave the range
        markets_[market].bad_debt += debt;
        account.forgive(market, debt);
        left -= debt;
        outbox_.traded.insert(owner);
        report(event_of(owner, ExecutionEvent::write_off, market, debt, now), owner);
    }
}

/// One that the wallet has not used itself.
ClientOrderId Exchange::liquidation_id(Owner owner) {
    ClientOrderId id;
    do id.value = fmt::format("liquidation-{}", ++last_liquidation_);
    while (orders_.is_taken(owner, id));
    return id;
}

void Exchange::report_failure(Owner owner, const DecimalError& error) {
    const auto& name = wallets_.of(owner).name;
    if (listener_) listener_->on_failure((owner == house ? "the house" : "wallet " + name) + ": " + error.what());
}

} // namespace omen::sandbox
