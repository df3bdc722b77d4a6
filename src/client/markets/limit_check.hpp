#pragma once

#include "client/markets/markets.hpp"
#include "client/settings/setting.hpp"
#include "protocol/gateway/commands.hpp"

#include <span>
#include <string>
#include <vector>

namespace omen {

/// What a profile lets its orders be. What is not set is not limited.
struct Limits {
    Given<Decimal> max_order_notional{};
    Given<Decimal> max_order_size{};
    Given<std::vector<std::string>> allowed_markets{}; ///< symbols in any case, or ids

    bool any() const { return max_order_notional || max_order_size || allowed_markets; }
    /// Whether only the book can tell what this order may come to: it may be filled at better prices than its own, or
    /// names none, and there is a limit to that.
    bool need_book(const gw::Order& order) const;
};

/// What an order comes to if all of it fills, as the opposite side of the book (best first) stands: what it would meet
/// there, and the rest at its own price, or at the last level's where it has none. Rounded up. Nothing when it has no
/// price and the side is empty. A DecimalError beyond the range of amounts.
std::optional<Decimal> notional_of(const gw::Order& order, std::span<const Level> opposite);

/// Refuses an order beyond the limits. The book is needed where need_book() says so. Errors: refused_locally, naming
/// the limit, and in the hint the profile.
void check_limits(const Limits& limits, const Market& market, const gw::Order& order,
                  std::span<const Level> opposite = {});

} // namespace omen
