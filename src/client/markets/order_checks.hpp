#pragma once

#include "client/markets/markets.hpp"

#include <optional>

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

} // namespace omen
