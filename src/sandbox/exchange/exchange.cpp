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
    advance(now);
    orders_.forget_ended(now);
    const auto& owner = wallets_.get(wallet);
    if (const auto rejection = check_identity(owner, command)) return refused(command, *rejection);

    auto& order = orders_.add(owner.owner, index_.at(*command.market_id), command, now);
    auto rejection = check_order(order, command);
    if (!rejection) {
        auto planned = plan_order(order);
        if (auto* plan = std::get_if<Plan>(&planned))
            enter(order, *plan, now);
        else
            rejection = std::get<Rejection>(planned);
    }
    if (rejection) end_order(order, OrderStatus::rejected, now);
    finish(now);
    if (rejection) return refused(command, *rejection);
    return gw::OrderAccepted{.id = command.id,
                             .order_id = order.state.order_id,
                             .client_order_id = order.state.client_order_id,
                             .status = order.state.status,
                             .filled_size = order.state.filled_size,
                             .average_price = order.state.average_price,
                             .timestamp = now,
                             .size = order.state.size == command.size ? std::nullopt : std::optional(order.state.size)};
}

Exchange::CancelAnswer Exchange::cancel(const std::string& wallet, const gw::Cancel& command, Timestamp now) {
    advance(now);
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
    advance(now);
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
    advance(now);
    const auto refuse = [&](const Rejection& why) { return refused<gw::AmendRejected>(command, why); };
    if (!command.price && !command.size) return refuse({code::invalid_message, "an amend needs a price or a size"});
    const auto found = find_open(wallets_.get(wallet), command.order_id, command.client_order_id);
    if (const auto* rejection = std::get_if<Rejection>(&found)) return refuse(*rejection);

    auto& order = *std::get<StoredOrder*>(found);
    const auto price = command.price.value_or(*order.state.price);
    const auto size = command.size.value_or(order.state.size);
    if (const auto rejection = check_amendment(order, price, size)) return refuse(*rejection);
    auto planned = plan_amendment(order, price, size - order.state.filled_size);
    if (const auto* rejection = std::get_if<Rejection>(&planned)) return refuse(*rejection);
    const auto& plan = std::get<Plan>(planned);

    markets_[order.market].engine.carry_out(plan);
    order.state.price = price;
    order.state.size = size;
    report(execution_of(order, ExecutionEvent::amended, now), order.owner);
    settle(plan.placement, order.market, now);
    update_open(order);
    finish(now);
    return gw::AmendAccepted{.id = command.id,
                             .order_id = order.state.order_id,
                             .client_order_id = order.state.client_order_id,
                             .price = price,
                             .size = size,
                             .remaining_size = order.remaining(),
                             .kept_priority = plan.kept_priority};
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
