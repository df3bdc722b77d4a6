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
    for (const auto* order : orders_.live(owner)) cancel_resting(orders_.at(order->key), now);
    for (std::size_t market = 0; market < markets_.size(); ++market) close_at_market(owner, market, now);
    write_off_debt(owner);
}

void Exchange::close_at_market(Owner owner, std::size_t market, Timestamp now) {
    const auto size = wallets_.of(owner).account.position(market).size;
    const auto side = size.is_positive() ? Side::sell : Side::buy;
    const auto reachable = markets_[market].engine.available(side, std::nullopt, owner);
    if (size.is_zero() || reachable.is_zero()) return;
    const gw::Order closing{.client_order_id = liquidation_id(owner),
                            .market_id = markets_[market].terms.market_id,
                            .side = side,
                            .order_type = OrderType::market,
                            .price = {},
                            .size = size.abs(),
                            .time_in_force = TimeInForce::ioc,
                            .reduce_only = true};
    auto& order = orders_.add(owner, market, closing, now);
    enter(order, match(order), now);
}

/// Only what is left when nothing is open any more is debt: until then a position may still make up for it.
void Exchange::write_off_debt(Owner owner) {
    auto& account = wallets_.of(owner).account;
    if (!account.is_flat() || !account.balance().is_negative()) return;
    for (std::size_t market = 0; market < markets_.size(); ++market)
        markets_[market].bad_debt += account.deficit(market);
    account.forgive_deficits();
    outbox_.accounts.insert(owner);
    outbox_.traded.insert(owner);
}

/// One that the wallet has not used itself.
ClientOrderId Exchange::liquidation_id(Owner owner) {
    ClientOrderId id;
    do id.value = fmt::format("liquidation-{}", ++last_liquidation_);
    while (orders_.is_taken(owner, id));
    return id;
}

} // namespace omen::sandbox
