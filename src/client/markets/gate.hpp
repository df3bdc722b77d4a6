#pragma once

#include "client/markets/markets.hpp"
#include "client/settings/limits.hpp"
#include "core/error.hpp"
#include "core/order_book.hpp"
#include "protocol/gateway/commands.hpp"

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace omen {

/// What an order comes to if all of it fills, as the opposite side of the book (best first) stands: what it would meet
/// there, and the rest at its own price, or at the last level's where it has none. Rounded up. Nothing when it has no
/// price and the side is empty. A DecimalError beyond the range of amounts.
std::optional<Decimal> notional_of(const gw::Order& order, std::span<const Level> opposite);

/// Whether the opposite side of the book may change what an order comes to: it may be filled at better prices than its
/// own, or names none. A buy never costs more than its price says; a sell may bring more, unless it only ever rests.
bool may_improve(const gw::Order& order);

/// The limits of a profile, as ids and numbers: what an order may be, whichever way it goes to the exchange.
class Gate {
  public:
    using SymbolOf = std::function<std::string(const MarketId&)>;

    /// Errors: those of Markets::find() for a name in allowed_markets, but that there is none.
    Gate(Limits limits, Markets& markets);

    /// Whether the opposite side of the book is needed to judge it.
    bool needs_book(const gw::Order& order) const { return limits_.max_order_notional && may_improve(order); }
    /// Why an order may not be; nothing: it may. A refused_locally Error that names the limit, and where it was set.
    std::optional<Error> refusal(const gw::Order& order, std::span<const Level> opposite = {}) const;

  private:
    std::optional<Error> too_much(const gw::Order& order, std::span<const Level> opposite) const;
    template <class T>
    Error refused(const gw::Order& order, const std::string& why, const char* code, const Setting<T>& limit) const;

    Limits limits_;
    std::set<std::string> allowed_; ///< ids
    SymbolOf symbol_of_;
};

} // namespace omen
