#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace omen::sandbox {

/// A position: its size and what it was opened for. Sums instead of an average price, so that opening and closing
/// it leaves not even a rounding behind.
struct Position {
    Decimal size; ///< negative: short
    Decimal cost; ///< Σ price × size over what is open, never negative
    Decimal realized_pnl;

    /// Adds, reduces, closes or flips.
    void fill(Side side, Decimal price, Decimal amount);

    bool is_flat() const { return size.is_zero(); }
    /// The average price it was opened at; 0 when flat.
    Decimal entry_price() const;
    Decimal unrealized_pnl(Decimal mark) const;
};

/// What margin needs to know of a market.
struct MarginTerms {
    Decimal mark;
    Decimal initial_margin;     ///< a fraction of the value
    Decimal maintenance_margin; ///< a fraction of the value
};

/// One wallet's money. Margin is shared by all markets (cross margin). Every rounding, at 1e-18, is against the wallet.
/// `terms` stand in the order of the markets.
class Account {
  public:
    using Terms = std::span<const MarginTerms>;

    explicit Account(std::size_t markets) : holdings_(markets) {}

    /// There is at least one market.
    void deposit(Decimal amount) { change_balance(0, amount); }
    /// One execution. A negative fee is a rebate.
    void fill(std::size_t market, Side side, Decimal price, Decimal size, Decimal fee);
    /// A funding payment; negative: it pays.
    void add_funding(std::size_t market, Decimal payment);
    /// Changes the value of the orders open on one side of a market.
    void add_open_orders(std::size_t market, Side side, Decimal value);

    /// Deposits, realised PnL, fees and funding.
    Decimal balance() const { return balance_; }
    Decimal fees() const { return fees_; }
    Decimal funding() const { return funding_; }
    /// What of a negative balance a market is to blame for: how far it took the balance below zero. What is gained
    /// makes up for its own market first. The deficits of all markets are the negative balance, exactly.
    Decimal deficit(std::size_t market) const { return holdings_[market].deficit; }
    /// Sets a negative balance, and so all deficits, to 0.
    void forgive_deficits();
    const Position& position(std::size_t market) const { return holdings_[market].position; }
    /// Whether there is no position in any market.
    bool is_flat() const;
    Decimal realized_pnl() const;
    Decimal unrealized_pnl(Terms terms) const;
    /// What the wallet would be worth if everything were closed at the mark price.
    Decimal equity(Terms terms) const { return balance_ + unrealized_pnl(terms); }

    /// The initial margin of positions and open orders.
    Decimal margin_used(Terms terms) const;
    /// What a further open order of this value would add to margin_used(); 0 when it can only reduce a position.
    Decimal margin_for(std::size_t market, Side side, Decimal value, const MarginTerms& terms) const;
    Decimal maintenance_margin(Terms terms) const;
    /// Whether equity is below the maintenance margin.
    bool is_endangered(Terms terms) const { return equity(terms) < maintenance_margin(terms); }
    /// What is left for further orders; negative when the market went against the wallet.
    Decimal available(Terms terms) const { return equity(terms) - margin_used(terms); }
    /// The mark price at which equity meets the maintenance margin while the other markets stand still; nothing when
    /// flat or when no positive price does that.
    std::optional<Decimal> liquidation_price(std::size_t market, Terms terms) const;

  private:
    struct Holding {
        Position position{};
        Decimal open_buys{};
        Decimal open_sells{};
        Decimal deficit{};

        Decimal margin(const MarginTerms& terms) const;
    };

    void change_balance(std::size_t market, Decimal amount);
    void cover_deficits(std::size_t market, Decimal amount);

    Decimal balance_;
    Decimal fees_;
    Decimal funding_;
    std::vector<Holding> holdings_;
};

/// The fee of an execution, rounded against the wallet: up where it pays, down where it receives a rebate.
Decimal fee_of(Decimal price, Decimal size, Decimal rate);

} // namespace omen::sandbox
