#pragma once

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "transport/websocket.hpp"

namespace omen {

/// Connects to a gateway or a market-data feed, sends a ping and waits for its pong. Returns the round trip of the ping
/// alone, in milliseconds. No credentials are used. Errors: unreachable, protocol.
Decimal ping_gateway(const Url& url, Deadline deadline, const WebSocket::Options& socket = {});
Decimal ping_market_data(const Url& url, Deadline deadline, const WebSocket::Options& socket = {});

} // namespace omen
