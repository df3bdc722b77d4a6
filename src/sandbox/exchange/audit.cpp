#include "sandbox/exchange/audit.hpp"

#include "sandbox/exchange/exchange.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <limits>

namespace omen::sandbox {

namespace {

/// A sum that may leave the range of its amounts, in two halves of 64 bits and a sign.
class ExactSum {
  public:
    void add(Decimal amount) {
        low_ += amount.units() & low_bits;
        high_ += (amount.units() >> 64) + (low_ >> 64);
        low_ &= low_bits;
    }
    void subtract(Decimal amount) { add(-amount); }
    bool operator==(const ExactSum&) const = default;
    std::optional<Decimal> value() const {
        using Half = std::numeric_limits<std::int64_t>;
        if (high_ <= Half::min() || high_ > Half::max()) return std::nullopt;
        return Decimal::from_units(high_ * (Decimal::Units{1} << 64) + low_);
    }

  private:
    static constexpr auto low_bits = Decimal::Units{std::numeric_limits<std::uint64_t>::max()};

    Decimal::Units high_ = 0;
    Decimal::Units low_ = 0; ///< not negative
};

ExactSum sum_of(std::initializer_list<Decimal> amounts) {
    ExactSum sum;
    for (const auto amount : amounts) sum.add(amount);
    return sum;
}

/// Adds what a wallet's money comes to at what its positions cost.
void add_worth(ExactSum& sum, const Account& account, std::size_t markets) {
    sum.add(account.balance());
    for (std::size_t i = 0; i < markets; ++i) {
        const auto& [size, cost, realized] = account.position(i);
        size.is_negative() ? sum.add(cost) : sum.subtract(cost);
    }
}

std::string text_of(const ExactSum& sum) {
    const auto value = sum.value();
    return value ? value->text() : "a sum beyond the range";
}

} // namespace

Audit Exchange::audit() const {
    Audit audit{.fees = ledger_.fees,
                .insurance = ledger_.insurance,
                .rounding = ledger_.rounding,
                .deposits = ledger_.deposits,
                .debt = ledger_.debt};
    audit_money(audit);
    audit_positions(audit);
    for (const auto& wallet : wallets_.all()) audit_wallet(audit, wallet);
    audit_books(audit);
    return audit;
}

void Exchange::audit_money(Audit& audit) const {
    ExactSum users;
    ExactSum of_house;
    ExactSum fees;
    for (const auto& wallet : wallets_.all()) {
        add_worth(wallet.owner == house ? of_house : users, wallet.account, markets_.size());
        fees.add(wallet.account.fees());
    }
    audit.wallets = users.value();
    audit.house = of_house.value();

    auto there_is = sum_of({ledger_.fees, ledger_.insurance, ledger_.rounding});
    for (const auto& wallet : wallets_.all()) add_worth(there_is, wallet.account, markets_.size());
    if (const auto came = sum_of({ledger_.deposits, ledger_.debt}); there_is != came)
        audit.faults.push_back(fmt::format("there is {}, and {} came in", text_of(there_is), text_of(came)));
    if (fees != sum_of({ledger_.fees})) audit.faults.push_back(fmt::format("wallets paid fees of {}", text_of(fees)));
    if (ledger_.rounding.is_negative()) audit.faults.emplace_back("rounding was for the wallets");
    ExactSum debts;
    for (const auto& market : markets_) debts.add(market.bad_debt);
    if (debts != sum_of({ledger_.debt}))
        audit.faults.push_back(fmt::format("the markets' bad debt is {}", text_of(debts)));
}

void Exchange::audit_positions(Audit& audit) const {
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        ExactSum longs;
        ExactSum shorts;
        for (const auto& wallet : wallets_.all()) {
            const auto size = wallet.account.position(i).size;
            (size.is_negative() ? shorts : longs).add(size.abs());
        }
        const auto& id = markets_[i].terms.market_id;
        audit.markets.push_back({.market_id = id, .longs = longs.value(), .shorts = shorts.value()});
        if (longs != shorts)
            audit.faults.push_back(
                fmt::format("market {}: {} is long and {} short", id.text(), text_of(longs), text_of(shorts)));
        if (const auto mark = mark_price(i); mark && *mark != margin_terms_[i].mark)
            audit.faults.push_back(fmt::format("market {}: the mark price is {}", id.text(), mark->text()));
    }
}

void Exchange::audit_wallet(Audit& audit, const Wallet& wallet) const {
    const auto& account = wallet.account;
    const auto fault = [&](std::string_view what) {
        audit.faults.push_back(fmt::format("wallet {}: {}", wallet.name, what));
    };
    std::vector<std::array<OpenOrders, 2>> open(markets_.size());
    std::vector<Decimal> reducing(markets_.size());
    for (const auto* order : orders_.live(wallet.owner)) {
        const auto expected = order->open_with(*order->state.price, order->remaining());
        auto& sum = open[order->market][static_cast<std::size_t>(order->state.side)];
        sum.size += expected.size;
        sum.value += expected.value;
        if (order->state.reduce_only) reducing[order->market] += order->remaining();
    }
    ExactSum deficits;
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const auto& position = account.position(i);
        for (const auto side : {Side::buy, Side::sell})
            if (account.open_orders(i, side) != open[i][static_cast<std::size_t>(side)])
                fault("the value of its open orders");
        if (position.cost.is_negative() || (position.is_flat() && !position.cost.is_zero()))
            fault("the cost of a position");
        if (reducing[i] > position.size.abs()) fault("it could reduce more than it has");
        deficits.add(account.deficit(i));
    }
    ExactSum lacking;
    if (account.balance().is_negative()) lacking.subtract(account.balance());
    if (deficits != lacking) fault("what its balance lacks");
    const bool is_at_risk = !account.is_flat() || account.balance().is_negative();
    if (wallet.owner != house && is_at_risk != at_risk_.contains(wallet.owner)) fault("whether it is at risk");
}

/// That every order which is open rests, and nothing else does.
void Exchange::audit_books(Audit& audit) const {
    std::vector<std::size_t> resting(markets_.size());
    for (const auto& wallet : wallets_.all())
        for (const auto* order : orders_.live(wallet.owner)) {
            const auto found = markets_[order->market].engine.find(order->key);
            ++resting[order->market];
            if (!found || found->owner != order->owner || found->side != order->state.side ||
                found->price != order->state.price || found->remaining != order->remaining())
                audit.faults.push_back("order " + order->state.order_id.value + ": it does not rest as it should");
        }
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const auto fault = [&](const std::string& what) {
            audit.faults.push_back(fmt::format("market {}: {}", markets_[i].terms.market_id.text(), what));
        };
        for (const auto& what : markets_[i].engine.faults()) fault(what);
        if (markets_[i].engine.size() != resting[i]) fault("orders rest that are not open");
    }
}

} // namespace omen::sandbox
