#pragma once

#include "client/markets/markets.hpp"
#include "client/settings/limits.hpp"
#include "protocol/gateway/commands.hpp"

#include <optional>
#include <span>

namespace omen {

/// Checks an order against its market before anything is sent: price on the tick, size on the lot and not under the
/// minimum. Errors: refused_locally, with the nearest valid values in the hint; protocol, where the list lacks the tick
/// or lot size that is needed.
void check_against_market(const rest::MarketResponse& market, std::optional<Decimal> price,
                          std::optional<Decimal> size);
/// The same for a market that was found in the list. What is only remembered of it refuses nothing: the exchange is
/// asked first. A market of which only the id is known passes. Errors: those above, and those of Markets::refreshed().
void check_against_market(Markets& markets, const Market& market, std::optional<Decimal> price,
                          std::optional<Decimal> size);

/// Whether only the book shows what this order may come to: it may be filled at better prices than its own, or names
/// none, and there is a limit to that.
bool needs_book(const Limits& limits, const gw::Order& order);
/// What an order comes to if all of it fills, as the opposite side of the book (best first) stands: what it would meet
/// there, and the rest at its own price, or at the last level's where it has none. Rounded up. Nothing when it has no
/// price and the side is empty. A DecimalError beyond the range of amounts.
std::optional<Decimal> notional_of(const gw::Order& order, std::span<const Level> opposite);

/// Refuses an order beyond the limits. The book is needed where needs_book() says so. Errors: refused_locally, naming
/// the limit, and in the hint the profile; those of Markets::find() for a name in allowed_markets.
void check_limits(const Limits& limits, Markets& markets, const Market& market, const gw::Order& order,
                  std::span<const Level> opposite = {});

} // namespace omen
