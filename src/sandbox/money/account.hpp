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

    /// Adds, reduces, closes or flips. Returns what a buyer pays for it, or a seller gets: price × amount, rounded
    /// against the wallet.
    Decimal fill(Side side, Decimal price, Decimal amount);

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

/// What a wallet's open orders on one side of a market come to.
struct OpenOrders {
    Decimal size;
    Decimal value; ///< Σ price × size

    bool operator==(const OpenOrders&) const = default;
};

/// One wallet's money. Margin is shared by all markets (cross margin). Every rounding, at 1e-18, is against the wallet.
/// `terms` stand in the order of the markets. A function that can't give its result within the range throws
/// DecimalError; what changes the account has changed an unknown part of it then, so it is tried on a copy first.
class Account {
  public:
    using Terms = std::span<const MarginTerms>;

    explicit Account(std::size_t markets) : holdings_(markets) {}

    /// There is at least one market.
    void deposit(Decimal amount) { change_balance(0, amount); }
    /// One execution. A negative fee is a rebate. Returns what Position::fill returns.
    Decimal fill(std::size_t market, Side side, Decimal price, Decimal size, Decimal fee);
    /// A funding payment; negative: it pays.
    void add_funding(std::size_t market, Decimal payment);
    /// Counts other orders as open on one side of a market, in place of some that were.
    void change_open_orders(std::size_t market, Side side, const OpenOrders& before, const OpenOrders& after);
    /// Throws unless everything stays within the range when all that is open in a market fills.
    void check_range(std::size_t market) const;

    /// Deposits, realised PnL, fees and funding.
    Decimal balance() const { return balance_; }
    Decimal fees() const { return fees_; }
    Decimal funding() const { return funding_; }
    /// What of a negative balance a market is to blame for: how far it took the balance below zero. What is gained
    /// makes up for its own market first. The deficits of all markets are the negative balance, exactly.
    Decimal deficit(std::size_t market) const { return holdings_[market].deficit; }
    /// Makes up for this much of a market's deficit.
    void forgive(std::size_t market, Decimal amount) { change_balance(market, amount); }
    const Position& position(std::size_t market) const { return holdings_[market].position; }
    const OpenOrders& open_orders(std::size_t market, Side side) const { return holdings_[market].open(side); }
    /// Whether there is no position in any market.
    bool is_flat() const;
    /// Whether so much more of orders could, with those that are open, do no more than close a position.
    bool only_reduces(std::size_t market, Side side, Decimal size) const;
    Decimal realized_pnl() const;
    Decimal unrealized_pnl(Terms terms) const;
    /// What the wallet would be worth if everything were closed at the mark price.
    Decimal equity(Terms terms) const { return balance_ + unrealized_pnl(terms); }

    /// The initial margin of positions and open orders.
    Decimal margin_used(Terms terms) const;
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
        OpenOrders buys{};
        OpenOrders sells{};
        Decimal deficit{};

        const OpenOrders& open(Side side) const { return side == Side::buy ? buys : sells; }
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
