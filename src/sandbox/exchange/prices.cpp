#include "sandbox/exchange/exchange.hpp"

#include <algorithm>
#include <utility>

namespace omen::sandbox {

namespace {

/// What the book says: its middle; where a side is missing the last price, else the side that is there.
std::optional<Decimal> book_price(const MatchingEngine& engine, std::optional<Decimal> last) {
    const auto& bids = engine.bids();
    const auto& asks = engine.asks();
    if (!bids.empty() && !asks.empty()) {
        const auto [low, high] = std::minmax(bids.best().price, asks.best().price);
        return low + divide(high - low, Decimal::whole(2), Rounding::toward_zero); // their sum may be out of range
    }
    if (last) return last;
    if (!bids.empty()) return bids.best().price;
    if (!asks.empty()) return asks.best().price;
    return std::nullopt;
}

Decimal median(Decimal a, Decimal b, Decimal c) {
    return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

} // namespace

void Exchange::set_index(const MarketId& market, Decimal price, Timestamp now) {
    advance(now);
    const auto index = index_.at(market);
    markets_[index].spot = price.is_positive() ? std::optional(price) : std::nullopt;
    outbox_.books[index];
    finish(now);
}

/// The median: neither a lone order, nor an odd trade, nor a wrong index can carry it away.
std::optional<Decimal> Exchange::mark_price(std::size_t market) const {
    const auto& spot = markets_[market].spot;
    const auto last = markets_[market].history.last_price();
    const auto book = book_price(markets_[market].engine, last);
    const auto price = book ? book : spot;
    if (!price) return std::nullopt;
    return median(*price, last.value_or(*price), spot.value_or(*price));
}

void Exchange::update_mark(std::size_t market) {
    const auto price = mark_price(market);
    auto& mark = margin_terms_[market].mark;
    if (price && std::exchange(mark, *price) != *price) risk_changed_ = true;
}

Decimal Exchange::index_price(std::size_t market) const {
    return markets_[market].spot.value_or(margin_terms_[market].mark);
}

void Exchange::advance(Timestamp now) {
    if (!funding_clock_)
        funding_clock_ = {.counted_to = now, .next = next_funding_after(now, options_.funding_interval)};
    if (now <= funding_clock_->counted_to) return;
    while (funding_clock_->next <= now) {
        const auto end = funding_clock_->next;
        count_premiums(end);
        funding_clock_->next = next_funding_after(end, options_.funding_interval);
        settle_funding(end);
    }
    count_premiums(now);
}

void Exchange::count_premiums(Timestamp until) {
    for (std::size_t i = 0; i < markets_.size(); ++i) markets_[i].funding_rate = funding_rate(i, until);
    funding_clock_->counted_to = std::max(funding_clock_->counted_to, until);
}

/// With the time since the premiums were last counted, but not beyond the interval's end.
FundingRate Exchange::funding_rate(std::size_t market, Timestamp now) const {
    auto rate = markets_[market].funding_rate;
    if (const auto mark = margin_terms_[market].mark; funding_clock_ && mark.is_positive()) {
        const auto until = std::min(now, funding_clock_->next);
        rate.add(mark, index_price(market), Milliseconds(until.ms - funding_clock_->counted_to.ms));
    }
    return rate;
}

Timestamp Exchange::next_funding_at(Timestamp now) const {
    return funding_clock_ ? funding_clock_->next : next_funding_after(now, options_.funding_interval);
}

void Exchange::settle_funding(Timestamp end) {
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const auto rate = std::exchange(markets_[i].funding_rate, {}).value();
        if (margin_terms_[i].mark.is_zero()) continue;
        pay_funding(i, rate, end);
        outbox_.fundings.push_back({.market_id = markets_[i].terms.market_id,
                                    .timestamp = end,
                                    .rate = rate,
                                    .next_at = end,
                                    .mark_price = margin_terms_[i].mark,
                                    .index_price = index_price(i)});
    }
    finish(end);
}

/// What a wallet can't be paid, because it would leave the range, the house is paid in its place.
void Exchange::pay_funding(std::size_t market, Decimal rate, Timestamp end) {
    const auto size_of = [&](Owner owner) { return wallets_.of(owner).account.position(market).size; };
    auto size_of_house = size_of(house);
    for (const auto owner : at_risk_) {
        const auto payment = payment_of(owner, market, size_of(owner), rate);
        if (!payment) contain(owner, [&] { size_of_house += size_of(owner); });
        if (payment.value_or(Decimal{}).is_zero()) continue;
        auto event = event_of(owner, ExecutionEvent::funding, market, *payment, end);
        event.rate = rate;
        report(std::move(event), owner);
        risk_changed_ = true;
    }
    payment_of(house, market, size_of_house, rate);
}

/// Pays an owner for a position, whole or not at all. Nothing where it can't be.
std::optional<Decimal> Exchange::payment_of(Owner owner, std::size_t market, Decimal size, Decimal rate) {
    std::optional<Decimal> paid;
    contain(owner, [&] {
        const auto payment = funding_payment(size, margin_terms_[market].mark, rate);
        auto after = wallets_.of(owner).account;
        after.add_funding(market, payment);
        ledger_.rounding -= payment; // over all who have a position, only what was rounded is left of it
        wallets_.of(owner).account = std::move(after);
        paid = payment;
    });
    return paid;
}

void Exchange::publish_prices(Timestamp now) {
    if (!listener_) return;
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        if (margin_terms_[i].mark.is_zero()) continue;
        listener_->on_funding(*funding(markets_[i].terms.market_id, now));
        listener_->on_spot(*spot(markets_[i].terms.market_id, now));
    }
}

} // namespace omen::sandbox
