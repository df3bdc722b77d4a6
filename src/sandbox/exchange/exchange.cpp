#include "sandbox/exchange/exchange.hpp"

#include "protocol/codes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sandbox {

namespace {

gw::OrderRejected refused(const gw::Order& command, const Rejection& rejection) {
    return {.id = command.id,
            .client_order_id = command.client_order_id,
            .code = std::string(rejection.code),
            .message = rejection.message};
}

/// A refused cancel or amend.
template <class Rejected, class Command> Rejected refused(const Command& command, const Rejection& rejection) {
    return {.id = command.id,
            .order_id = command.order_id,
            .client_order_id = command.client_order_id,
            .code = std::string(rejection.code),
            .message = rejection.message};
}

Rejection unknown_market(const MarketId& market) {
    return {code::unknown_market, fmt::format("there is no market {}", market.text())};
}

} // namespace

Exchange::Exchange(const std::vector<rest::MarketResponse>& markets, ExchangeOptions options)
    : options_(options), wallets_(markets.size(), options.executions_kept) {
    for (const auto& market : markets) {
        index_.emplace(market.market_id, markets_.size());
        const auto index = markets_.size();
        const auto covered = [this, index](Owner owner, Side side) { return reducible(owner, index, side); };
        markets_.push_back({.listing = market,
                            .terms = MarketTerms::of(market),
                            .engine = MatchingEngine(covered),
                            .history = History(options.trades_kept)});
        const auto& terms = markets_.back().terms;
        margin_terms_.push_back(
            {.mark = {}, .initial_margin = terms.initial_margin, .maintenance_margin = terms.maintenance_margin});
    }
}

Exchange::OrderAnswer Exchange::order(const std::string& wallet, const gw::Order& command, Timestamp now) {
    orders_.forget_ended(now);
    const auto& owner = wallets_.get(wallet);
    if (const auto rejection = check_identity(owner, command)) return refused(command, *rejection);

    auto& order = orders_.add(owner.owner, index_.at(*command.market_id), command, now);
    auto rejection = check_order(order, command);
    Placement placement;
    if (!rejection) {
        placement = match(order);
        if (placement.refusal) rejection = rejection_of(*placement.refusal);
    }
    if (rejection) {
        end_order(order, ExecutionEvent::rejected, OrderStatus::rejected, now);
        finish(now);
        return refused(command, *rejection);
    }
    enter(order, placement, now);
    finish(now);
    return gw::OrderAccepted{.id = command.id,
                             .order_id = order.state.order_id,
                             .client_order_id = order.state.client_order_id,
                             .status = order.state.status,
                             .filled_size = order.state.filled_size,
                             .average_price = order.state.average_price,
                             .timestamp = now};
}

Exchange::CancelAnswer Exchange::cancel(const std::string& wallet, const gw::Cancel& command, Timestamp now) {
    const auto found = find_open(wallets_.get(wallet), command.order_id, command.client_order_id);
    if (const auto* rejection = std::get_if<Rejection>(&found)) return refused<gw::CancelRejected>(command, *rejection);

    auto& order = *std::get<StoredOrder*>(found);
    cancel_resting(order, now);
    finish(now);
    return gw::CancelAccepted{.id = command.id,
                              .order_id = order.state.order_id,
                              .client_order_id = order.state.client_order_id,
                              .remaining_size = order.remaining()};
}

Exchange::CancelAllAnswer Exchange::cancel_all(const std::string& wallet, const gw::CancelAll& command, Timestamp now) {
    if (command.market_id && !has_market(*command.market_id)) {
        const auto rejection = unknown_market(*command.market_id);
        return gw::ErrorReply{
            .id = command.id, .code = std::string(rejection.code), .message = rejection.message, .retry_after_ms = {}};
    }
    std::vector<OrderId> cancelled;
    for (const auto* live : orders_.live(wallets_.get(wallet).owner)) {
        if (command.market_id && live->state.market_id != *command.market_id) continue;
        cancel_resting(orders_.at(live->key), now);
        cancelled.push_back(live->state.order_id);
    }
    finish(now);
    return gw::CancelledAll{.id = command.id, .order_ids = std::move(cancelled)};
}

Exchange::AmendAnswer Exchange::amend(const std::string& wallet, const gw::Amend& command, Timestamp now) {
    const auto refuse = [&](const Rejection& why) { return refused<gw::AmendRejected>(command, why); };
    if (!command.price && !command.size) return refuse({code::invalid_message, "an amend needs a price or a size"});
    const auto found = find_open(wallets_.get(wallet), command.order_id, command.client_order_id);
    if (const auto* rejection = std::get_if<Rejection>(&found)) return refuse(*rejection);

    auto& order = *std::get<StoredOrder*>(found);
    const auto price = command.price.value_or(*order.state.price);
    const auto size = command.size.value_or(order.state.size);
    if (const auto rejection = check_amendment(order, price, size)) return refuse(*rejection);
    const auto remaining = size - order.state.filled_size;
    const auto amendment = *markets_[order.market].engine.amend(order.key, price, remaining, order.state.post_only);
    if (amendment.placement.refusal) return refuse(rejection_of(*amendment.placement.refusal));

    order.state.price = price;
    order.state.size = size;
    update_open_value(order);
    report(execution_of(order, ExecutionEvent::amended, now), order.owner);
    settle(amendment.placement, order.market, now);
    finish(now);
    return gw::AmendAccepted{.id = command.id,
                             .order_id = order.state.order_id,
                             .client_order_id = order.state.client_order_id,
                             .price = price,
                             .size = size,
                             .remaining_size = order.remaining(),
                             .kept_priority = amendment.kept_priority};
}

std::optional<Rejection> Exchange::check_identity(const Wallet& wallet, const gw::Order& command) const {
    const auto& id = command.client_order_id;
    if (!is_client_order_id(id.value))
        return Rejection{code::invalid_message, "client_order_id must be 1 to 64 characters of A-Z a-z 0-9 . _ : -"};
    if (!command.market_id) return Rejection{code::invalid_message, "market_id is missing"};
    if (!has_market(*command.market_id)) return unknown_market(*command.market_id);
    if (orders_.is_taken(wallet.owner, id))
        return Rejection{code::duplicate_client_order_id, fmt::format("client_order_id {} was used before", id.value)};
    return std::nullopt;
}

std::optional<Rejection> Exchange::check_order(StoredOrder& order, const gw::Order& command) {
    if (auto rejection = check_form(command)) return rejection;
    if (auto rejection = check_amounts(markets_[order.market].terms, command)) return rejection;
    if (command.reduce_only) return check_reduce_only(order);
    return check_margin(order, order.state.price, order.state.size);
}

/// A reduce-only order frees margin: it needs none.
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

std::optional<Rejection> Exchange::check_amendment(const StoredOrder& order, Decimal price, Decimal size) {
    const auto& terms = markets_[order.market].terms;
    const auto& filled = order.state.filled_size;
    if (auto rejection = check_price(terms, price)) return rejection;
    if (auto rejection = check_size(terms, size)) return rejection;
    if (size <= filled)
        return Rejection{code::invalid_size,
                         fmt::format("size {} is not above the {} filled already", size.text(), filled.text())};
    if (!order.state.reduce_only) return check_margin(order, price, size - filled);
    if (const auto left = reducible_beside_others(order); size - filled > left)
        return Rejection{code::reduce_only,
                         fmt::format("{} would remain, more than the {} of the position that can be reduced",
                                     (size - filled).text(), left.text())};
    return std::nullopt;
}

/// Whether the wallet can bear the order at its worst, the taker's fee included. What only reduces a position always
/// passes.
std::optional<Rejection> Exchange::check_margin(const StoredOrder& order, std::optional<Decimal> price,
                                                Decimal remaining) {
    const auto& account = wallets_.of(order.owner).account;
    const auto& terms = margin_terms_[order.market];
    try {
        const auto value = entry_value(order, price, remaining);
        const auto margin = account.margin_for(order.market, order.state.side, value - order.open_value, terms);
        if (!margin.is_positive()) return std::nullopt;
        const auto taker_fee = std::max(Decimal{}, markets_[order.market].terms.taker_fee);
        const auto needed = margin + multiply(value, taker_fee, Rounding::away_from_zero);
        const auto available = account.available(margin_terms_);
        if (needed <= available) return std::nullopt;
        return Rejection{code::insufficient_margin, fmt::format("it needs {} for margin and fee, {} is available",
                                                                needed.text(), available.text())};
    } catch (const DecimalError&) {
        return Rejection{code::insufficient_margin, "its value is beyond any wallet"};
    }
}

/// The value at which an order enters at worst. A sell can fill above its limit, and is then worth the mark price.
Decimal Exchange::entry_value(const StoredOrder& order, std::optional<Decimal> price, Decimal remaining) const {
    const auto side = order.state.side;
    if (!price) return markets_[order.market].engine.cost_of(side, remaining, order.owner);
    const auto worst = side == Side::sell ? std::max(*price, margin_terms_[order.market].mark) : *price;
    return multiply(worst, remaining, Rounding::away_from_zero);
}

std::variant<StoredOrder*, Rejection> Exchange::find_open(const Wallet& wallet, const std::optional<OrderId>& order_id,
                                                          const std::optional<ClientOrderId>& client_order_id) {
    if (order_id.has_value() == client_order_id.has_value())
        return Rejection{code::invalid_message, "exactly one of order_id and client_order_id must be given"};
    auto* order = order_id ? orders_.find(wallet.owner, *order_id) : orders_.find(wallet.owner, *client_order_id);
    const auto& name = order_id ? order_id->value : client_order_id->value;
    if (!order) return Rejection{code::unknown_order, fmt::format("there is no order {}", name)};
    if (!is_live(order->state.status))
        return Rejection{code::unknown_order,
                         fmt::format("order {} is no longer open: it is {}", name, to_string(order->state.status))};
    return order;
}

} // namespace omen::sandbox
