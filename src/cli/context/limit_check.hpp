#pragma once

#include "cli/context/context.hpp"
#include "client/markets/markets.hpp"
#include "protocol/gateway/commands.hpp"

#include <string_view>

namespace omen {

/// A market to trade on: an id in digits is believed as it is, unless the profile has limits to hold it against.
Market market_to_trade(Context& context, std::string_view name);

/// Refuses an order that the profile does not allow, asking for the book where only that tells what it may come to.
/// Errors: refused_locally; those of the REST call.
void check_limits(Context& context, const Market& market, const gw::Order& order);

/// The same for a change of an order, which is looked up first; one that is not open is left to the exchange to refuse.
void check_limits(Context& context, const gw::Amend& amend);

} // namespace omen
