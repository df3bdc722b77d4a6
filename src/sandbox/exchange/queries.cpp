#include "sandbox/exchange/exchange.hpp"
#include "sandbox/exchange/wire_views.hpp"
#include "sandbox/money/in_range.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

/// For a liquidation price between ticks: the tick that is reached first.
std::optional<Decimal> to_tick(std::optional<Decimal> price, Decimal tick, bool is_long) {
    if (!price) return std::nullopt;
    return is_long ? ceil_to(*price, tick) : floor_to(*price, tick);
}

std::optional<Decimal> best_of(const BookSide& side) {
    return side.empty() ? std::nullopt : std::optional(side.best().price);
}

} // namespace

std::optional<rest::WalletResponse> Exchange::link(const std::string& account, const std::string& wallet,
                                                   Timestamp now) {
    const auto link = wallets_.link(account, wallet, now);
    return link ? std::optional(wire_form(*link)) : std::nullopt;
}

bool Exchange::unlink(const std::string& account) {
    return wallets_.unlink(account);
}

std::optional<rest::WalletResponse> Exchange::wallet_of(const std::string& account) const {
    const auto link = wallets_.linked_to(account);
    return link ? std::optional(wire_form(*link)) : std::nullopt;
}

void Exchange::fund(const std::string& wallet, Decimal amount) {
    auto& account = wallets_.get(wallet).account;
    auto after = account;
    after.deposit(amount);
    ledger_.deposits += amount;
    account = std::move(after);
    track_risk(wallets_.get(wallet).owner);
    if (listener_) listener_->on_account(wallet);
}

gw::Balance Exchange::balance(const std::string& wallet) const {
    gw::Balance result{.wallet = wallet,
                       .total = Decimal{},
                       .available = Decimal{},
                       .margin_used = Decimal{},
                       .sequence = last_sequence(wallet)};
    if (const auto* found = wallets_.find(wallet)) {
        result.total = found->account.balance();
        result.available = in_range([&] { return found->account.available(margin_terms_); });
        result.margin_used = in_range([&] { return found->account.margin_used(margin_terms_); });
    }
    return result;
}

gw::Positions Exchange::positions(const std::string& wallet) const {
    gw::Positions result;
    result.wallet = wallet;
    result.sequence = last_sequence(wallet);
    const auto* found = wallets_.find(wallet);
    for (std::size_t i = 0; found && i < markets_.size(); ++i)
        if (!found->account.position(i).is_flat()) result.positions.push_back(position(found->account, i));
    return result;
}

/// What can't be said within the range is absent.
rest::PositionResponse Exchange::position(const Account& account, std::size_t market) const {
    const auto& terms = markets_[market].terms;
    const auto mark = margin_terms_[market].mark;
    const auto& held = account.position(market);
    const bool is_long = held.size.is_positive();
    const auto value = in_range([&] { return multiply(mark, held.size.abs(), Rounding::away_from_zero); });
    const auto equity = in_range([&] { return account.equity(margin_terms_); });
    rest::PositionResponse result{.market_id = terms.market_id,
                                  .side = is_long ? PositionSide::long_ : PositionSide::short_,
                                  .size = held.size.abs(),
                                  .entry_price = in_range([&] { return held.entry_price(); }),
                                  .mark_price = mark,
                                  .unrealized_pnl = in_range([&] { return held.unrealized_pnl(mark); }),
                                  .realized_pnl = held.realized_pnl};
    result.liquidation_price =
        in_range([&] { return to_tick(account.liquidation_price(market, margin_terms_), terms.tick_size, is_long); });
    if (value)
        result.margin = in_range([&] { return multiply(*value, terms.initial_margin, Rounding::away_from_zero); });
    if (value && equity && equity->is_positive())
        result.leverage = in_range([&] { return divide(*value, *equity, Rounding::away_from_zero); });
    return result;
}

gw::Pnl Exchange::pnl(const std::string& wallet) const {
    gw::Pnl result{.wallet = wallet,
                   .realized = Decimal{},
                   .unrealized = Decimal{},
                   .funding = Decimal{},
                   .fees = Decimal{},
                   .sequence = last_sequence(wallet)};
    if (const auto* found = wallets_.find(wallet)) {
        result.realized = in_range([&] { return found->account.realized_pnl(); });
        result.unrealized = in_range([&] { return found->account.unrealized_pnl(margin_terms_); });
        result.funding = found->account.funding();
        result.fees = found->account.fees();
    }
    return result;
}

gw::Orders Exchange::orders(const std::string& wallet) const {
    gw::Orders result;
    result.wallet = wallet;
    result.sequence = last_sequence(wallet);
    if (const auto* found = wallets_.find(wallet))
        for (const auto* order : orders_.live(found->owner)) result.orders.push_back(wire_form(order->state));
    return result;
}

std::uint64_t Exchange::last_sequence(const std::string& wallet) const {
    const auto* found = wallets_.find(wallet);
    return found ? found->drop_copy.last_sequence() : 0;
}

std::uint64_t Exchange::oldest_sequence(const std::string& wallet) const {
    const auto* found = wallets_.find(wallet);
    return found ? found->drop_copy.oldest_sequence() : 1;
}

std::vector<gw::Execution> Exchange::replay(const std::string& wallet, std::uint64_t from, std::size_t limit) const {
    const auto* found = wallets_.find(wallet);
    if (!found) return {};
    return wire_forms(found->drop_copy.replay(from, limit), [](const auto& execution) { return wire_form(execution); });
}

std::vector<rest::MarketResponse> Exchange::markets() const {
    return wire_forms(markets_, [](const auto& market) { return wire_form(market.listing); });
}

const Exchange::Market* Exchange::find_market(const MarketId& market) const {
    const auto found = index_.find(market);
    return found == index_.end() ? nullptr : &markets_[found->second];
}

std::optional<rest::TickerResponse> Exchange::ticker(const MarketId& market, Timestamp now) const {
    const auto* found = find_market(market);
    if (!found) return std::nullopt;
    const auto index = index_.at(market);
    const auto mark = margin_terms_[index].mark;
    const auto day =
        found->history.day(now).value_or(DayStatistics{.high = mark, .low = mark, .volume = {}, .change = Decimal{}});
    return rest::TickerResponse{.market_id = market,
                                .last_price = found->history.last_price(),
                                .mark_price = mark,
                                .index_price = index_price(index),
                                .best_bid = best_of(found->engine.bids()),
                                .best_ask = best_of(found->engine.asks()),
                                .high_24h = day.high,
                                .low_24h = day.low,
                                .volume_24h = day.volume,
                                .change_24h = day.change,
                                .open_interest = open_interest(index),
                                .funding_rate = funding_rate(index, now).value(),
                                .next_funding_at = next_funding_at(now),
                                .timestamp = now};
}

/// The house holds the other side of what users hold more on one side than on the other.
std::optional<Decimal> Exchange::open_interest(std::size_t market) const {
    return in_range([&] {
        Decimal longs;
        for (const auto& wallet : wallets_.all()) longs += std::max(wallet.account.position(market).size, Decimal{});
        return longs;
    });
}

std::optional<rest::OrderbookSnapshotResponse> Exchange::orderbook(const MarketId& market, std::size_t depth) const {
    const auto* found = find_market(market);
    if (!found) return std::nullopt;
    return rest::OrderbookSnapshotResponse{.market_id = market,
                                           .sequence = found->sequence,
                                           .timestamp = found->changed_at,
                                           .bids = found->engine.bids().top(depth),
                                           .asks = found->engine.asks().top(depth)};
}

std::optional<std::vector<rest::TradeResponse>> Exchange::trades(const MarketId& market, std::size_t limit) const {
    const auto* found = find_market(market);
    return found ? std::optional(wire_forms(found->history.trades(limit), listed_form)) : std::nullopt;
}

std::optional<std::vector<rest::CandleResponse>> Exchange::candles(const MarketId& market,
                                                                   const CandleQuery& query) const {
    const auto* found = find_market(market);
    if (!found) return std::nullopt;
    return wire_forms(found->history.candles(query), [](const auto& candle) { return wire_form(candle); });
}

std::optional<md::Funding> Exchange::funding(const MarketId& market, Timestamp now) const {
    if (!has_market(market)) return std::nullopt;
    const auto index = index_.at(market);
    return wire_form(FundingFacts{.market_id = market,
                                  .timestamp = now,
                                  .rate = funding_rate(index, now).value(),
                                  .next_at = next_funding_at(now),
                                  .mark_price = margin_terms_[index].mark,
                                  .index_price = index_price(index)});
}

std::optional<md::SpotPrice> Exchange::spot(const MarketId& market, Timestamp now) const {
    if (!has_market(market)) return std::nullopt;
    return md::SpotPrice{.market_id = market, .timestamp = now, .price = index_price(index_.at(market))};
}

/// There are no liquidation fees, so the insurance fund stays empty and covers nothing.
rest::BadDebtResponse Exchange::bad_debt() const {
    Decimal total;
    std::vector<rest::MarketBadDebt> debts;
    for (const auto& market : markets_) {
        total += market.bad_debt;
        debts.push_back({market.terms.market_id, market.bad_debt});
    }
    return {.total_bad_debt = total, .insurance_fund = Decimal{}, .markets = std::move(debts)};
}

} // namespace omen::sandbox
