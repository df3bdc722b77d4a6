#include "sandbox/money/account.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

Decimal signed_size(Side side, Decimal size) {
    return side == Side::buy ? size : -size;
}

Decimal value_of(Decimal price, Decimal size) {
    return multiply(price, size, Rounding::away_from_zero);
}

/// What a balance lacks to zero.
Decimal debt_of(Decimal balance) {
    return balance.is_negative() ? -balance : Decimal{};
}

} // namespace

Decimal Position::fill(Side side, Decimal price, Decimal amount) {
    const bool buying = side == Side::buy;
    const auto value_rounding = buying ? Rounding::away_from_zero : Rounding::toward_zero;
    const bool adds = is_flat() || size.is_positive() == buying;
    const auto closed = adds ? Decimal{} : std::min(amount, size.abs());
    Decimal moved;
    if (closed.is_positive()) {
        // A short was opened for what it brought in; a long for what it cost.
        const auto cost_rounding = buying ? Rounding::toward_zero : Rounding::away_from_zero;
        const auto closed_cost = multiply_divide(cost, closed, size.abs(), cost_rounding);
        const auto closed_value = multiply(price, closed, value_rounding);
        realized_pnl += buying ? closed_cost - closed_value : closed_value - closed_cost;
        cost -= closed_cost;
        size += signed_size(side, closed);
        moved += closed_value;
    }
    if (const auto opened = amount - closed; opened.is_positive()) {
        const auto opened_value = multiply(price, opened, value_rounding);
        cost += opened_value;
        size += signed_size(side, opened);
        moved += opened_value;
    }
    return moved;
}

Decimal Position::entry_price() const {
    return is_flat() ? Decimal{} : divide(cost, size.abs(), Rounding::toward_zero);
}

Decimal Position::unrealized_pnl(Decimal mark) const {
    if (size.is_negative()) return cost - multiply(mark, size.abs(), Rounding::away_from_zero);
    return multiply(mark, size, Rounding::toward_zero) - cost;
}

void Account::change_balance(std::size_t market, Decimal amount) {
    const auto debt_before = debt_of(balance_);
    balance_ += amount;
    const auto debt = debt_of(balance_);
    if (debt > debt_before) holdings_[market].deficit += debt - debt_before;
    if (debt < debt_before) cover_deficits(market, debt_before - debt);
}

/// The market's own one first.
void Account::cover_deficits(std::size_t market, Decimal amount) {
    const auto cover = [&amount](Decimal& deficit) {
        const auto covered = std::min(deficit, amount);
        deficit -= covered;
        amount -= covered;
    };
    cover(holdings_[market].deficit);
    for (auto& holding : holdings_) cover(holding.deficit);
}

bool Account::is_flat() const {
    return std::all_of(holdings_.begin(), holdings_.end(),
                       [](const Holding& holding) { return holding.position.is_flat(); });
}

bool Account::only_reduces(std::size_t market, Side side, Decimal size) const {
    const auto& held = position(market).size;
    const bool is_opposite = side == Side::buy ? held.is_negative() : held.is_positive();
    const auto& open = open_orders(market, side).size;
    return is_opposite && open <= held.abs() && size <= held.abs() - open;
}

Decimal Account::fill(std::size_t market, Side side, Decimal price, Decimal size, Decimal fee) {
    auto& position = holdings_[market].position;
    const auto realized_before = position.realized_pnl;
    const auto moved = position.fill(side, price, size);
    change_balance(market, position.realized_pnl - realized_before - fee);
    fees_ += fee;
    return moved;
}

void Account::add_funding(std::size_t market, Decimal payment) {
    change_balance(market, payment);
    funding_ += payment;
}

void Account::change_open_orders(std::size_t market, Side side, const OpenOrders& before, const OpenOrders& after) {
    auto& holding = holdings_[market];
    auto& open = side == Side::buy ? holding.buys : holding.sells;
    open.size += after.size - before.size;
    open.value += after.value - before.value;
}

void Account::check_range(std::size_t market) const {
    const auto& [position, buys, sells, deficit] = holdings_[market];
    static_cast<void>(position.size + buys.size);
    static_cast<void>(position.size - sells.size);
    static_cast<void>(balance_.abs() + position.realized_pnl.abs() + position.cost + buys.value + sells.value);
}

Decimal Account::realized_pnl() const {
    Decimal sum;
    for (const auto& holding : holdings_) sum += holding.position.realized_pnl;
    return sum;
}

Decimal Account::unrealized_pnl(Terms terms) const {
    Decimal sum;
    for (std::size_t i = 0; i < holdings_.size(); ++i) sum += holdings_[i].position.unrealized_pnl(terms[i].mark);
    return sum;
}

Decimal Account::margin_used(Terms terms) const {
    Decimal sum;
    for (std::size_t i = 0; i < holdings_.size(); ++i) sum += holdings_[i].margin(terms[i]);
    return sum;
}

Decimal Account::maintenance_margin(Terms terms) const {
    Decimal sum;
    for (std::size_t i = 0; i < holdings_.size(); ++i) {
        const auto value = value_of(terms[i].mark, holdings_[i].position.size.abs());
        sum += multiply(value, terms[i].maintenance_margin, Rounding::away_from_zero);
    }
    return sum;
}

std::optional<Decimal> Account::liquidation_price(std::size_t market, Terms terms) const {
    const auto& position = holdings_[market].position;
    if (position.is_flat()) return std::nullopt;
    const auto& [mark, initial, maintenance] = terms[market];
    const auto size = position.size.abs();
    const auto value = value_of(mark, size);
    // What may be lost in this market, its own maintenance margin not yet set aside. A price p ends the account where
    //   long:  spare + size × (p − mark) = maintenance × size × p
    //   short: spare − size × (p − mark) = maintenance × size × p
    const auto own = multiply(value, maintenance, Rounding::away_from_zero);
    const auto spare = equity(terms) - maintenance_margin(terms) + own;
    const bool is_long = position.size.is_positive();
    const auto lost = is_long ? value - spare : value + spare;
    const auto share = is_long ? Decimal::whole(1) - maintenance : Decimal::whole(1) + maintenance;
    const auto price = divide(divide(lost, share, Rounding::toward_zero), size, Rounding::toward_zero);
    return price.is_positive() ? std::optional(price) : std::nullopt;
}

/// The worse of the two ends: all open buys filled, or all open sells. So an order that closes a position costs
/// nothing, and one that could flip it costs what the flipped position would.
Decimal Account::Holding::margin(const MarginTerms& terms) const {
    const auto size = position.size;
    const auto value = value_of(terms.mark, size.abs());
    const auto exposure = size.is_negative() ? -value : value;
    const auto worst = std::max((exposure + buys.value).abs(), (exposure - sells.value).abs());
    return multiply(worst, terms.initial_margin, Rounding::away_from_zero);
}

Decimal fee_of(Decimal price, Decimal size, Decimal rate) {
    const auto rounding = rate.is_negative() ? Rounding::toward_zero : Rounding::away_from_zero;
    return multiply(multiply(price, size, rounding), rate, rounding);
}

} // namespace omen::sandbox
