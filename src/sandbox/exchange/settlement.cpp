// What follows from a placement. The matching engine reports what traded; this makes of it fees, positions, the states
// of orders and executions, and at the end of the command everything that is published.
//
//   enter   an order that was not refused is reported as accepted, settled, and expires where something of it can
//           neither fill nor rest
//   settle  in this order: the owner's own orders that stood in the way end; each fill becomes a trade, and an
//           execution of the maker and of the taker (the house has no account); reduce-only orders whose position was
//           used up end
//   finish  publishes, then liquidates whoever is in danger now, each liquidation published on its own
//
// A live order ends once, filled, cancelled, expired or rejected, in fill_order() or end_order(); both take it off
// what its wallet's margin must cover. Each execution gets its wallet's next drop-copy sequence as it is reported, so
// the order above is the order that drop-copy readers see.
//
// Nothing is published while a command runs: the outbox collects what was reported, and which books and wallets were
// touched. publish() first does what else belongs to the command (a position that shrank cancels the reduce-only
// orders that it no longer covers), makes at most one delta of each touched book, however many levels changed, and
// moves the mark prices. Only then does it call the listener, which so finds the exchange as it is after the command,
// never half-way. A delta names the levels that the market flow set even where their totals are the same: published
// sequences must keep in step with recorded ones.

#include "sandbox/exchange/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace omen::sandbox {

namespace {

/// The named levels with their totals as they are now, then the other changes.
std::vector<Level> delta_levels(const MatchingEngine& engine, Side side, const std::vector<Level>& named,
                                const std::vector<Level>& changes) {
    std::vector<Level> levels;
    for (const auto& level : named) levels.push_back({level.price, engine.total(side, level.price)});
    for (const auto& change : changes) {
        const auto same_price = [&](const Level& level) { return level.price == change.price; };
        if (std::none_of(named.begin(), named.end(), same_price)) levels.push_back(change);
    }
    return levels;
}

} // namespace

Placement Exchange::match(const StoredOrder& order) {
    return markets_[order.market].engine.place({.key = order.key,
                                                .owner = order.owner,
                                                .side = order.state.side,
                                                .price = order.state.price,
                                                .size = order.state.size,
                                                .time_in_force = order.state.time_in_force,
                                                .post_only = order.state.post_only,
                                                .reduce_only = order.state.reduce_only});
}

void Exchange::enter(StoredOrder& order, const Placement& placement, Timestamp now) {
    update_open_value(order);
    report(execution_of(order, ExecutionEvent::accepted, now), order.owner);
    settle(placement, order.market, now);
    if (is_live(order.state.status) && placement.resting.is_zero())
        end_order(order, ExecutionEvent::expired, OrderStatus::expired, now);
}

void Exchange::settle(const Placement& placement, std::size_t market, Timestamp now) {
    outbox_.books[market];
    for (const auto key : placement.self_trades)
        end_order(orders_.at(key), ExecutionEvent::cancelled, OrderStatus::cancelled, now);
    settle_fills(placement.fills, market, now);
    for (const auto key : placement.uncovered)
        end_order(orders_.at(key), ExecutionEvent::cancelled, OrderStatus::cancelled, now);
}

void Exchange::settle_fills(const std::vector<Fill>& fills, std::size_t market, Timestamp now) {
    for (const auto& fill : fills) {
        const TradeId trade_id{fmt::format("t-{}", ++last_trade_)};
        const md::Trade trade{.market_id = markets_[market].terms.market_id,
                              .trade_id = trade_id,
                              .timestamp = now,
                              .price = fill.price,
                              .size = fill.size,
                              .side = fill.taker_side};
        add_trade(trade);
        outbox_.trades.push_back(trade);
        if (fill.maker_owner != house) fill_order(orders_.at(fill.maker), fill, trade_id, now);
        if (fill.taker_owner != house) fill_order(orders_.at(fill.taker), fill, trade_id, now);
    }
}

void Exchange::fill_order(StoredOrder& order, const Fill& fill, const TradeId& trade, Timestamp now) {
    const bool is_maker = order.key == fill.maker;
    const auto& terms = markets_[order.market].terms;
    const auto fee = fee_of(fill.price, fill.size, is_maker ? terms.maker_fee : terms.taker_fee);
    wallets_.of(order.owner).account.fill(order.market, order.state.side, fill.price, fill.size, fee);
    outbox_.traded.insert(order.owner);

    auto& state = order.state;
    state.filled_size += fill.size;
    order.filled_value += multiply(fill.price, fill.size, Rounding::toward_zero);
    state.average_price = divide(order.filled_value, state.filled_size, Rounding::toward_zero);
    state.status = order.remaining().is_zero() ? OrderStatus::filled : OrderStatus::partially_filled;
    if (!is_live(state.status)) orders_.end(order, now);
    update_open_value(order);

    auto execution = execution_of(order, ExecutionEvent::filled, now);
    execution.trade_id = trade;
    execution.price = fill.price;
    execution.size = fill.size;
    execution.fee = fee;
    execution.liquidity = is_maker ? Liquidity::maker : Liquidity::taker;
    report(execution, order.owner);
}

void Exchange::cancel_resting(StoredOrder& order, Timestamp now) {
    markets_[order.market].engine.cancel(order.key);
    outbox_.books[order.market];
    end_order(order, ExecutionEvent::cancelled, OrderStatus::cancelled, now);
}

void Exchange::end_order(StoredOrder& order, ExecutionEvent event, OrderStatus status, Timestamp now) {
    order.state.status = status;
    orders_.end(order, now);
    update_open_value(order);
    report(execution_of(order, event, now), order.owner);
}

/// Only what rests counts as open, and reduce-only orders don't: they can but free margin.
void Exchange::update_open_value(StoredOrder& order) {
    const auto& state = order.state;
    const bool counts = is_live(state.status) && order.rests() && !state.reduce_only;
    const auto value = counts ? multiply(*state.price, order.remaining(), Rounding::away_from_zero) : Decimal{};
    wallets_.of(order.owner).account.add_open_orders(order.market, state.side, value - order.open_value);
    order.open_value = value;
}

gw::Execution Exchange::execution_of(const StoredOrder& order, ExecutionEvent event, Timestamp now) {
    gw::Execution execution;
    execution.wallet = wallets_.of(order.owner).name;
    execution.timestamp = now;
    execution.event = event;
    execution.order = wire_form(order.state);
    return execution;
}

void Exchange::report(gw::Execution execution, Owner owner) {
    execution.sequence = wallets_.of(owner).drop_copy.append(execution);
    if (execution.event != ExecutionEvent::rejected) outbox_.accounts.insert(owner);
    outbox_.executions.push_back(std::move(execution));
}

/// How much of the wallet's position an order of this side can reduce.
Decimal Exchange::reducible(Owner owner, std::size_t market, Side side) {
    const auto size = wallets_.of(owner).account.position(market).size;
    const bool reduces = side == Side::buy ? size.is_negative() : size.is_positive();
    return reduces ? size.abs() : Decimal{};
}

Decimal Exchange::reducible(const StoredOrder& order) {
    return reducible(order.owner, order.market, order.state.side);
}

Decimal Exchange::reducible_beside_others(const StoredOrder& order) {
    auto left = reducible(order);
    for (const auto* other : orders_.live_reduce_only(order.owner))
        if (other->market == order.market && other->key != order.key) left -= other->remaining();
    return left;
}

/// After a position shrank, cancels the reduce-only orders that would do more than close it, the newest first. (Those
/// that a taker reaches in the same sweep are the matching engine's to cut.)
void Exchange::cancel_uncovered(Owner owner, Timestamp now) {
    std::map<std::size_t, Decimal> covered;
    for (auto* order : orders_.live_reduce_only(owner)) {
        auto& used = covered[order->market];
        if (used + order->remaining() <= reducible(*order))
            used += order->remaining();
        else
            cancel_resting(*order, now);
    }
}

void Exchange::finish(Timestamp now) {
    publish(now);
    if (std::exchange(risk_changed_, false)) liquidate_endangered(now);
}

void Exchange::publish(Timestamp now) {
    for (const auto owner : outbox_.traded) {
        cancel_uncovered(owner, now);
        track_risk(owner);
    }
    const auto done = std::exchange(outbox_, {});
    std::vector<md::OrderbookDelta> deltas;
    for (const auto& [market, named] : done.books) {
        if (auto delta = next_delta(market, named, now)) deltas.push_back(std::move(*delta));
        update_mark(market);
    }
    if (!listener_) return;
    for (const auto& execution : done.executions) listener_->on_execution(execution);
    for (const auto& trade : done.trades) listener_->on_trade(trade);
    for (const auto& delta : deltas) listener_->on_book(delta);
    for (const auto& funding : done.fundings) listener_->on_funding(funding);
    for (const auto owner : done.accounts) listener_->on_account(wallets_.of(owner).name);
}

std::optional<md::OrderbookDelta> Exchange::next_delta(std::size_t market, const Named& named, Timestamp now) {
    auto& changed = markets_[market];
    const auto changes = changed.engine.take_changes();
    if (changes.empty() && !named.always) return std::nullopt;
    ++changed.sequence;
    changed.changed_at = now;
    return md::OrderbookDelta{.market_id = changed.terms.market_id,
                              .sequence = changed.sequence,
                              .timestamp = now,
                              .bids = delta_levels(changed.engine, Side::buy, named.bids, changes.bids),
                              .asks = delta_levels(changed.engine, Side::sell, named.asks, changes.asks)};
}

} // namespace omen::sandbox
