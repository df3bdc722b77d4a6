#include "sandbox/exchange/exchange.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

bool names(std::span<const Level> levels, Decimal price) {
    return std::any_of(levels.begin(), levels.end(), [&](const Level& level) { return level.price == price; });
}

/// The prices at which the house shows something and that these levels don't name, each with size 0.
std::vector<Level> left_out(const MatchingEngine& engine, Side side, std::span<const Level> levels) {
    const auto& totals = side == Side::buy ? engine.bids() : engine.asks();
    std::vector<Level> result;
    for (const auto& [price, size] : totals)
        if (engine.house_level(side, price).is_positive() && !names(levels, price)) result.push_back({price, {}});
    return result;
}

} // namespace

void Exchange::open_book(const MarketId& market, std::uint64_t sequence, std::span<const Level> bids,
                         std::span<const Level> asks, Timestamp now) {
    const auto index = index_.at(market);
    set_house(index, Side::buy, bids, now);
    set_house(index, Side::sell, asks, now);
    auto& opened = markets_[index];
    opened.engine.take_changes();
    opened.sequence = sequence;
    opened.changed_at = now;
    finish(now);
}

void Exchange::set_house_levels(const MarketId& market, std::span<const Level> bids, std::span<const Level> asks,
                                Timestamp now) {
    advance(now);
    const auto index = index_.at(market);
    set_house(index, Side::buy, bids, now);
    set_house(index, Side::sell, asks, now);
    outbox_.books[index] = {.always = true, .bids = {bids.begin(), bids.end()}, .asks = {asks.begin(), asks.end()}};
    finish(now);
}

void Exchange::replace_house_book(const MarketId& market, std::span<const Level> bids, std::span<const Level> asks,
                                  Timestamp now) {
    advance(now);
    const auto index = index_.at(market);
    const auto& engine = markets_[index].engine;
    set_house(index, Side::buy, left_out(engine, Side::buy, bids), now);
    set_house(index, Side::sell, left_out(engine, Side::sell, asks), now);
    set_house(index, Side::buy, bids, now);
    set_house(index, Side::sell, asks, now);
    outbox_.books[index].always = true;
    finish(now);
}

void Exchange::set_house(std::size_t market, Side side, std::span<const Level> levels, Timestamp now) {
    outbox_.books[market];
    const auto& engine = markets_[market].engine;
    for (const auto& level : levels) settle_house(market, now, [&] { return engine.plan_house_level(side, level); });
}

template <class MakePlan> Placement Exchange::settle_house(std::size_t market, Timestamp now, MakePlan make_plan) {
    Placement placement;
    contain(house, [&] {
        auto plan = make_plan();
        if (plan.placement.refusal) return;
        if (!plan.placement.fills.empty())
            for (const auto& [owner, account] : try_out(plan.placement, market).accounts) account.check_range(market);
        markets_[market].engine.carry_out(plan);
        placement = std::move(plan.placement);
    });
    settle(placement, market, now);
    return placement;
}

Decimal Exchange::house_market_order(const MarketId& market, Side side, Decimal size, Timestamp now) {
    advance(now);
    const auto index = index_.at(market);
    const auto placement = settle_house(index, now, [&] {
        return markets_[index].engine.plan({.side = side, .size = size, .time_in_force = TimeInForce::ioc});
    });
    finish(now);
    return placement.filled;
}

void Exchange::print_trade(const TradeFacts& trade) {
    const auto index = index_.at(trade.market_id);
    const auto now = trade.timestamp;
    advance(now);
    auto rest = trade;
    if (const auto side = trade.side ? trade.side->known() : std::nullopt)
        rest.size -= settle_house(index, now, [&] {
                         return markets_[index].engine.plan_recorded_trade(*side, {trade.price, trade.size});
                     }).filled;
    if (rest.size.is_positive()) {
        markets_[index].history.add(rest);
        outbox_.trades.push_back(rest);
    }
    outbox_.books[index];
    finish(now);
}

void Exchange::keep_trade(const TradeFacts& trade) {
    const auto index = index_.at(trade.market_id);
    markets_[index].history.add(trade);
    update_mark(index);
}

} // namespace omen::sandbox
