#include "sandbox/flow/generator.hpp"

#include "sandbox/exchange/exchange.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

using namespace literals;

/// More than the 20 that are promised: users and market orders may take a few before the next step.
constexpr std::size_t levels_shown = 36;
constexpr std::int64_t past_trades = 240;
constexpr std::int64_t past_interval_ms = 30'000;

rest::MarketResponse market(std::uint64_t id, const std::string& base, Decimal tick, Decimal lot) {
    return {.market_id = MarketId(id),
            .symbol = base + "-PERP",
            .base = base,
            .quote = "USD",
            .status = "live",
            .tick_size = tick,
            .lot_size = lot,
            .min_size = lot,
            .max_leverage = 20,
            .initial_margin = 0.05_d,
            .maintenance_margin = 0.025_d,
            .maker_fee = -(0.0001_d),
            .taker_fee = 0.0005_d};
}

/// How far from the fair price quotes stand at most: 0.4 %, so that they are within 0.5 % of any mid price.
std::int64_t reach(std::int64_t fair) {
    return fair * 4 / 1000;
}

} // namespace

GeneratedMarket::GeneratedMarket(Terms terms, std::uint64_t seed, std::uint64_t volatility)
    : terms_(std::move(terms)), random_(seed), volatility_(static_cast<std::int64_t>(volatility)), fair_(terms_.start) {
    requote(bids_);
    requote(asks_);
}

std::int64_t GeneratedMarket::price_at(Side side, std::int64_t distance) const {
    return side == Side::buy ? fair_ - distance : fair_ + distance;
}

void GeneratedMarket::open(Exchange& exchange, Timestamp now) {
    add_past(exchange, now);
    set_index(exchange, now);
    exchange.open_book(terms_.market.market_id, 1, take_changes(bids_), take_changes(asks_), now);
}

void GeneratedMarket::step(Exchange& exchange, Timestamp now) {
    const auto& id = terms_.market.market_id;
    const auto visible = exchange.orderbook(id);
    walk();
    set_index(exchange, now);
    requote(bids_);
    requote(asks_);
    refill(bids_, visible->bids);
    refill(asks_, visible->asks);
    exchange.set_house_levels(id, take_changes(bids_), take_changes(asks_), now);
    // Smaller than any level, so that it never eats through the book.
    if (below(3) == 0) {
        const auto side = below(2) == 0 ? Side::buy : Side::sell;
        exchange.house_market_order(id, side, size(1 + below(terms_.least * 4 / 5)), now);
    }
}

void GeneratedMarket::walk() {
    const auto homesick = (terms_.start - fair_) / 1000;
    fair_ = moved(fair_ + homesick);
    // The farther away, the likelier it turns back.
    basis_ += below(2 * stray()) < stray() - basis_ ? 1 : -1;
}

std::int64_t GeneratedMarket::moved(std::int64_t ticks) {
    const auto third = terms_.start / 3;
    return std::clamp(ticks + below(2 * stride() + 1) - stride(), terms_.start - third, terms_.start + third);
}

void GeneratedMarket::set_index(Exchange& exchange, Timestamp now) const {
    exchange.set_index(terms_.market.market_id, price(fair_ + basis_), now);
}

void GeneratedMarket::set(Quotes& quotes, std::int64_t ticks, std::int64_t lots) const {
    quotes.changed[ticks] = lots;
    if (lots == 0)
        quotes.shown.erase(ticks);
    else
        quotes.shown[ticks] = lots;
}

void GeneratedMarket::requote(Quotes& quotes) {
    const auto nearest = price_at(quotes.side, 1);
    const auto farthest = price_at(quotes.side, reach(fair_));
    const auto [low, high] = std::minmax(nearest, farthest);
    for (const auto& [ticks, lots] : Sizes(quotes.shown))
        if (ticks < low || ticks > high) set(quotes, ticks, 0);
    set(quotes, nearest, new_size());
    while (quotes.shown.size() < levels_shown) set(quotes, price_at(quotes.side, 1 + below(reach(fair_))), new_size());
    const auto any = std::next(quotes.shown.begin(), below(std::ssize(quotes.shown)));
    set(quotes, any->first, new_size());
}

void GeneratedMarket::refill(Quotes& quotes, const std::vector<Level>& visible) const {
    std::map<Decimal, Decimal> sizes;
    for (const auto& level : visible) sizes[level.price] = level.size;
    for (const auto& [ticks, lots] : quotes.shown)
        if (sizes[price(ticks)] < size(lots)) quotes.changed[ticks] = lots;
}

std::vector<Level> GeneratedMarket::take_changes(Quotes& quotes) const {
    std::vector<Level> levels;
    for (const auto& [ticks, lots] : quotes.changed) levels.push_back({price(ticks), size(lots)});
    if (quotes.side == Side::buy) std::reverse(levels.begin(), levels.end());
    quotes.changed.clear();
    return levels;
}

void GeneratedMarket::add_past(Exchange& exchange, Timestamp now) {
    std::vector<md::Trade> trades;
    auto ticks = fair_;
    for (std::int64_t n = 0; n < past_trades; ++n) {
        ticks = moved(ticks);
        trades.push_back(
            {.market_id = terms_.market.market_id,
             .trade_id = TradeId{"past-" + terms_.market.market_id.text() + "-" + std::to_string(past_trades - n)},
             .timestamp = Timestamp{now.ms - (n + 1) * past_interval_ms},
             .price = price(ticks),
             .size = size(1 + below(terms_.least)),
             .side = below(2) == 0 ? Side::buy : Side::sell});
    }
    std::reverse(trades.begin(), trades.end());
    for (const auto& trade : trades) exchange.past_trade(trade);
}

Generator::Generator(std::uint64_t seed, std::uint64_t volatility) {
    const auto add = [&](GeneratedMarket::Terms terms) {
        const auto id = terms.market.market_id.number();
        markets_.emplace_back(std::move(terms), seed * 1000 + id, volatility);
    };
    add({.market = market(1, "BTC", 0.5_d, 0.001_d), .start = 130'000, .least = 500, .most = 3000});
    add({.market = market(2, "ETH", 0.05_d, 0.01_d), .start = 70'000, .least = 100, .most = 2000});
    add({.market = market(3, "SOL", 0.01_d, 0.1_d), .start = 15'000, .least = 100, .most = 3000});
}

std::vector<rest::MarketResponse> Generator::markets() const {
    std::vector<rest::MarketResponse> markets;
    for (const auto& one : markets_) markets.push_back(one.market());
    return markets;
}

void Generator::open(Exchange& exchange, Timestamp now) {
    for (auto& one : markets_) one.open(exchange, now);
}

void Generator::step(Exchange& exchange, Timestamp now) {
    ++steps_;
    for (auto& one : markets_) one.step(exchange, now);
}

} // namespace omen::sandbox
