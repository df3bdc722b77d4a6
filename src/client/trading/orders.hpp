#pragma once

#include "client/markets/markets.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/rest.hpp"

#include <optional>
#include <string>

namespace omen {

/// A new client order id: ordered by time to the millisecond, and unique across processes by 80 random bits.
ClientOrderId mint_client_order_id();

/// Checks an order against its market before anything is sent: price on the tick, size on the lot and not under the
/// minimum. Errors: refused_locally, with the nearest valid values in the hint.
void check_against_market(const rest::MarketResponse& market, std::optional<Decimal> price,
                          std::optional<Decimal> size);
/// The same for a market that was found in the list. What is only remembered of it refuses nothing: the exchange is
/// asked first. A market of which only the id is known passes. Errors: those above, and those of Markets::refreshed().
void check_against_market(Markets& markets, const Market& market, std::optional<Decimal> price,
                          std::optional<Decimal> size);

/// An order as the exchange has it now: what was asked for, and what it answered.
gw::OrderState state_of(const gw::Order& order, const gw::OrderAccepted& accepted);

/// "order c-1: open, filled 0 of 2"
std::string in_words(const gw::OrderState& order);

/// An order that was taken and is already over with nothing filled has done nothing: refused (not_filled).
void check_filled(const gw::OrderState& order);

} // namespace omen
