#pragma once

#include "client/session/gateway.hpp"
#include "client/trading/order_record.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace omen {

/// Reads the executions from a sequence up to the last one issued when the reading began. `on_event` gets every
/// Execution and DropCopyGap. Errors: those of the gateway; unreachable where it takes too long.
void read_executions(Gateway& gateway, std::uint64_t from, Deadline deadline,
                     const std::function<void(const gw::ServerMessage&)>& on_event);

/// Reads the exchange's records of some orders: the open orders and, unless these are `enough`, the executions from the
/// first one that is kept. Errors: those of the gateway; unreachable where it takes too long.
OrderRecord read_record(Gateway& gateway, std::vector<OrderRef> wanted, Deadline deadline,
                        const std::function<bool(const OrderRecord&)>& enough);
/// The same of whatever tells what became of some commands.
OrderRecord read_record(Gateway& gateway, const std::vector<gw::TradingCommand>& commands, Deadline deadline);

/// An order in whatever state it is. Nothing when the exchange knows no such order; a protocol
/// Error when executions are missing and so can't tell.
std::optional<gw::OrderState> find_order(Gateway& gateway, const OrderRef& name, Deadline deadline);

} // namespace omen
