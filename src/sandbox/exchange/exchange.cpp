#include "sandbox/exchange/exchange.hpp"

#include "protocol/codes.hpp"
#include "sandbox/exchange/wire_views.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sandbox {

namespace {

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
        const auto listing = listing_of(market);
        markets_.push_back({.listing = listing,
                            .terms = MarketTerms::of(listing),
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
    const auto terms = terms_of(command);
    const auto& owner = wallets_.get(wallet);
    if (const auto rejection = check_identity(owner, terms)) return refused(command, *rejection);

    auto& order = orders_.add(owner.owner, index_.at(*terms.market_id), terms, now);
    auto rejection = check_order(order, terms);
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
    return accepted(command, order.state, now);
}

Exchange::CancelAnswer Exchange::cancel(const std::string& wallet, const gw::Cancel& command, Timestamp now) {
    advance(now);
    const auto found = find_open(wallets_.get(wallet), name_in(command));
    if (const auto* rejection = std::get_if<Rejection>(&found)) return refused(command, *rejection);

    auto& order = *std::get<StoredOrder*>(found);
    cancel_resting(order, now);
    finish(now);
    return accepted(command, order.state);
}

Exchange::CancelAllAnswer Exchange::cancel_all(const std::string& wallet, const gw::CancelAll& command, Timestamp now) {
    advance(now);
    if (command.market_id && !has_market(*command.market_id))
        return refused(command, unknown_market(*command.market_id));
    std::vector<OrderId> cancelled;
    for (const auto* live : orders_.live(wallets_.get(wallet).owner)) {
        if (command.market_id && live->state.market_id != *command.market_id) continue;
        cancel_resting(orders_.at(live->key), now);
        cancelled.push_back(live->state.order_id);
    }
    finish(now);
    return accepted(command, std::move(cancelled));
}

Exchange::AmendAnswer Exchange::amend(const std::string& wallet, const gw::Amend& command, Timestamp now) {
    advance(now);
    const auto refuse = [&](const Rejection& why) { return refused(command, why); };
    const auto terms = terms_of(command);
    if (!terms.price && !terms.size) return refuse({code::invalid_message, "an amend needs a price or a size"});
    const auto found = find_open(wallets_.get(wallet), name_in(command));
    if (const auto* rejection = std::get_if<Rejection>(&found)) return refuse(*rejection);

    auto& order = *std::get<StoredOrder*>(found);
    const auto price = terms.price.value_or(*order.state.price);
    const auto size = terms.size.value_or(order.state.size);
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
    return accepted(command, order.state, plan.kept_priority);
}

void Exchange::recorded_trade(const md::Trade& trade) {
    print_trade(facts_of(trade));
}

void Exchange::past_trade(const md::Trade& trade) {
    keep_trade(facts_of(trade));
}

std::optional<Rejection> Exchange::check_identity(const Wallet& wallet, const OrderTerms& terms) const {
    const auto& id = terms.client_order_id;
    if (!is_client_order_id(id.value))
        return Rejection{code::invalid_message, "client_order_id must be 1 to 64 characters of A-Z a-z 0-9 . _ : -"};
    if (!terms.market_id) return Rejection{code::invalid_message, "market_id is missing"};
    if (!has_market(*terms.market_id)) return unknown_market(*terms.market_id);
    if (orders_.is_taken(wallet.owner, id))
        return Rejection{code::duplicate_client_order_id, fmt::format("client_order_id {} was used before", id.value)};
    return std::nullopt;
}

std::variant<StoredOrder*, Rejection> Exchange::find_open(const Wallet& wallet, const OrderName& by) {
    const auto& [order_id, client_order_id] = by;
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
