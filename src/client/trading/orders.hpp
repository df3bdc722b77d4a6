#pragma once

#include "protocol/gateway/messages.hpp"

#include <string>

namespace omen {

/// A new client order id (see unique_name()).
ClientOrderId mint_client_order_id();
/// Whether an id has the form of a minted one.
bool looks_minted(const ClientOrderId& id);

/// Whether an order can be open; otherwise it has ended by the time that it is answered.
bool may_rest(const gw::Order& order);

/// An order as the exchange has it now: what was asked for, and what it answered.
gw::OrderState state_of(const gw::Order& order, const gw::OrderAccepted& accepted);
/// The answer to an order that is seen to have been taken.
gw::OrderAccepted answer_of(const gw::Order& order, const gw::OrderState& state);

/// "c-1", or the exchange's id where there is no other
std::string name_of(const gw::OrderState& order);
/// "open, filled 0 of 2", of what there is
std::string progress_of(const gw::OrderState& order);
/// "order c-1: open, filled 0 of 2"
std::string in_words(const gw::OrderState& order);

/// An order that was taken and is already over with nothing filled has done nothing: refused (not_filled).
void check_filled(const gw::OrderState& order);

} // namespace omen
