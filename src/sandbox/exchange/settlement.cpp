// What follows from a placement. The matching engine reports what traded; this makes of it fees, positions, the states
// of orders and executions, and at the end of the command everything that is published.
//
//   enter   an order that was not refused is reported as accepted, settled, and cancelled where something of it can
//           neither fill nor rest
//   settle  in this order: the owner's own orders that stood in the way end; each fill becomes a trade, moves money,
//           and is an execution of the maker and of the taker (the house has an account, but no orders); reduce-only
//           orders whose position was used up end
//   finish  publishes, then liquidates whoever is in danger now, each liquidation published on its own
//
// A live order ends once, filled, cancelled or rejected, in fill_order() or end_order(); both take it off
// what its wallet's margin must cover. Each execution gets its wallet's next drop-copy sequence as it is reported, so
// the order above is the order that drop-copy readers see.
//
// All of it was tried out on copies before (checks.cpp), so no amount leaves the range half-way.
//
// Nothing is published while a command runs: the outbox collects what was reported, and which books and wallets were
// touched. publish() first does what else belongs to the command (a position that shrank cancels the reduce-only
// orders that it no longer covers), makes at most one delta of each touched book, however many levels changed, and
// moves the mark prices. Only then does it call the listener, which so finds the exchange as it is after the command,
// never half-way. A delta names the levels that the market flow set even where their totals are the same: published
// sequences must keep in step with recorded ones.

#include "sandbox/exchange/exchange.hpp"
#include "sandbox/exchange/wire_views.hpp"

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

/// What a fill costs its two sides. The house pays nothing.
struct Fees {
    Decimal maker;
    Decimal taker;
};

/// Moves a fill's money between two accounts and the ledger: the real ones, or copies to try it on.
template <class AccountOf>
Fees move_money(const Fill& fill, std::size_t market, const MarketTerms& terms, AccountOf account_of, Ledger& ledger) {
    if (fill.maker_owner == house && fill.taker_owner == house) return {};
    const auto fee = [&](Owner owner, Decimal rate) {
        return owner == house ? Decimal{} : fee_of(fill.price, fill.size, rate);
    };
    const Fees fees{.maker = fee(fill.maker_owner, terms.maker_fee), .taker = fee(fill.taker_owner, terms.taker_fee)};
    const auto makers_side = opposite(fill.taker_side);
    const auto maker = account_of(fill.maker_owner).fill(market, makers_side, fill.price, fill.size, fees.maker);
    const auto taker = account_of(fill.taker_owner).fill(market, fill.taker_side, fill.price, fill.size, fees.taker);
    ledger.fees += fees.maker + fees.taker;
    ledger.rounding += fill.taker_side == Side::buy ? taker - maker : maker - taker;
    return fees;
}

} // namespace

/// What settle() would make of a placement. What throws here would throw there.
Exchange::Trial Exchange::try_out(const Placement& placement, std::size_t market) const {
    Trial trial{.ledger = ledger_};
    const auto account_of = [&](Owner owner) -> Account& {
        return trial.accounts.try_emplace(owner, wallets_.of(owner).account).first->second;
    };
    std::map<OrderKey, Decimal> filled_values;
    const auto add_value = [&](OrderKey key, const Fill& fill) {
        const auto [value, is_first] = filled_values.try_emplace(key, orders_.at(key).filled_value);
        value->second += multiply(fill.price, fill.size, Rounding::toward_zero);
    };
    for (const auto key : placement.self_trades) {
        const auto& order = orders_.at(key);
        account_of(order.owner).change_open_orders(market, order.state.side, order.open, {});
    }
    for (const auto& fill : placement.fills) {
        move_money(fill, market, markets_[market].terms, account_of, trial.ledger);
        if (fill.taker_owner != house) add_value(fill.taker, fill);
        if (fill.maker_owner == house) continue;
        add_value(fill.maker, fill);
        const auto& maker = orders_.at(fill.maker);
        const auto left = maker.open_with(*maker.state.price, maker.remaining() - fill.size);
        account_of(maker.owner).change_open_orders(market, maker.state.side, maker.open, left);
    }
    return trial;
}

void Exchange::enter(StoredOrder& order, const Plan& plan, Timestamp now) {
    markets_[order.market].engine.carry_out(plan);
    report(execution_of(order, ExecutionEvent::accepted, now), order.owner);
    settle(plan.placement, order.market, now);
    if (plan.placement.resting.is_positive())
        update_open(order);
    else if (is_live(order.state.status))
        end_order(order, OrderStatus::cancelled, now);
}

void Exchange::settle(const Placement& placement, std::size_t market, Timestamp now) {
    outbox_.books[market];
    for (const auto key : placement.self_trades)
        end_order(orders_.at(key), OrderStatus::cancelled, now, reason::self_trade);
    settle_fills(placement.fills, market, now);
    for (const auto key : placement.uncovered)
        end_order(orders_.at(key), OrderStatus::cancelled, now, reason::reduce_only);
}

void Exchange::settle_fills(const std::vector<Fill>& fills, std::size_t market, Timestamp now) {
    const auto account_of = [this](Owner owner) -> Account& { return wallets_.of(owner).account; };
    for (const auto& fill : fills) {
        const TradeId trade_id{fmt::format("t-{}", ++last_trade_)};
        const TradeFacts trade{.market_id = markets_[market].terms.market_id,
                               .trade_id = trade_id,
                               .timestamp = now,
                               .price = fill.price,
                               .size = fill.size,
                               .side = fill.taker_side};
        markets_[market].history.add(trade);
        outbox_.trades.push_back(trade);
        const auto fees = move_money(fill, market, markets_[market].terms, account_of, ledger_);
        if (fill.maker_owner != house) fill_order(orders_.at(fill.maker), fill, fees.maker, trade_id, now);
        if (fill.taker_owner != house) fill_order(orders_.at(fill.taker), fill, fees.taker, trade_id, now);
    }
}

void Exchange::fill_order(StoredOrder& order, const Fill& fill, Decimal fee, const TradeId& trade, Timestamp now) {
    const bool is_maker = order.key == fill.maker;
    outbox_.traded.insert(order.owner);

    auto& state = order.state;
    state.filled_size += fill.size;
    order.filled_value += multiply(fill.price, fill.size, Rounding::toward_zero);
    state.average_price = divide(order.filled_value, state.filled_size, Rounding::toward_zero);
    state.status = order.remaining().is_zero() ? OrderStatus::filled : OrderStatus::partially_filled;
    if (!is_live(state.status)) orders_.end(order, now);
    if (is_maker) update_open(order);

    auto execution = execution_of(order, ExecutionEvent::filled, now);
    execution.trade_id = trade;
    execution.price = fill.price;
    execution.size = fill.size;
    execution.fee = fee;
    execution.liquidity = is_maker ? Liquidity::maker : Liquidity::taker;
    report(execution, order.owner);
}

void Exchange::cancel_resting(StoredOrder& order, Timestamp now, Reason reason) {
    markets_[order.market].engine.cancel(order.key);
    outbox_.books[order.market];
    end_order(order, OrderStatus::cancelled, now, reason);
}

void Exchange::end_order(StoredOrder& order, OrderStatus status, Timestamp now, Reason reason) {
    order.state.status = status;
    orders_.end(order, now);
    update_open(order);
    const auto event = status == OrderStatus::rejected ? ExecutionEvent::rejected : ExecutionEvent::cancelled;
    auto execution = execution_of(order, event, now);
    if (!reason.empty()) execution.reason = reason;
    report(std::move(execution), order.owner);
}

/// Counts what rests of an order as open, and nothing more once it has ended.
void Exchange::update_open(StoredOrder& order) {
    const auto& state = order.state;
    const auto open = is_live(state.status) ? order.open_with(*state.price, order.remaining()) : OpenOrders{};
    wallets_.of(order.owner).account.change_open_orders(order.market, state.side, order.open, open);
    order.open = open;
}

ExecutionFacts Exchange::execution_of(const StoredOrder& order, ExecutionEvent event, Timestamp now) {
    ExecutionFacts execution;
    execution.wallet = wallets_.of(order.owner).name;
    execution.timestamp = now;
    execution.event = event;
    execution.order = order.state;
    execution.reason = order.reason;
    return execution;
}

ExecutionFacts Exchange::event_of(Owner owner, ExecutionEvent event, std::size_t market, Decimal amount,
                                  Timestamp now) const {
    ExecutionFacts execution;
    execution.wallet = wallets_.of(owner).name;
    execution.timestamp = now;
    execution.event = event;
    execution.market_id = markets_[market].terms.market_id;
    execution.amount = amount;
    return execution;
}

void Exchange::report(ExecutionFacts execution, Owner owner) {
    execution.sequence = wallets_.of(owner).drop_copy.append(execution);
    if (execution.event != ExecutionEvent::rejected) outbox_.accounts.insert(owner);
    outbox_.executions.push_back(std::move(execution));
}

/// After a position shrank, cancels the reduce-only orders that would do more than close it, the newest first. (Those
/// that a taker reaches in the same sweep are the matching engine's to cut.)
void Exchange::cancel_uncovered(Owner owner, Timestamp now) {
    std::map<std::size_t, Decimal> covered;
    for (auto* order : orders_.live_reduce_only(owner)) {
        auto& used = covered[order->market];
        if (order->remaining() <= reducible(*order) - used)
            used += order->remaining();
        else
            cancel_resting(*order, now, reason::reduce_only);
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
    std::vector<BookChange> changes;
    for (const auto& [market, named] : done.books) {
        if (auto change = next_change(market, named, now)) changes.push_back(std::move(*change));
        update_mark(market);
    }
    if (!listener_) return;
    for (const auto& execution : done.executions) listener_->on_execution(wire_form(execution));
    for (const auto& trade : done.trades) listener_->on_trade(feed_form(trade));
    for (const auto& change : changes) listener_->on_book(wire_form(change));
    for (const auto& funding : done.fundings) listener_->on_funding(wire_form(funding));
    for (const auto owner : done.accounts) listener_->on_account(wallets_.of(owner).name);
}

std::optional<BookChange> Exchange::next_change(std::size_t market, const Named& named, Timestamp now) {
    auto& changed = markets_[market];
    const auto changes = changed.engine.take_changes();
    if (changes.empty() && !named.always) return std::nullopt;
    ++changed.sequence;
    changed.changed_at = now;
    return BookChange{.market_id = changed.terms.market_id,
                      .sequence = changed.sequence,
                      .timestamp = now,
                      .bids = delta_levels(changed.engine, Side::buy, named.bids, changes.bids),
                      .asks = delta_levels(changed.engine, Side::sell, named.asks, changes.asks)};
}

} // namespace omen::sandbox
