#pragma once

#include "client/access/credentials.hpp"
#include "core/time.hpp"
#include "protocol/gateway/commands.hpp"
#include "transport/websocket.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace omen {

/// Messages that this program need not know: JSON in, JSON out, on one line each. Amounts are as on the wire.
///
/// Errors: usage when the JSON is no message; unreachable before it was sent; outcome_unknown when its answer is lost
/// or can't be read, as it may be anything; protocol when an event can't be read. What the exchange answers, a refusal
/// too, is an answer.

/// What the gateway would read in a message. Errors: usage as above; refused_locally where this program can't tell what
/// it would do: of a type that it does not know, or unreadable.
gw::Command gateway_command(std::string_view json);

/// Sends a message in an authenticated gateway session and returns the reply with its id (one is added where the
/// message has none).
std::string call_gateway(const Url& url, const Token& token, std::string_view json, Deadline deadline,
                         const WebSocket::Options& socket = {});

/// Sends a command to the market-data feed and hands on the first `count` events.
void call_market_data(const Url& url, std::string_view json, std::uint64_t count, Deadline deadline,
                      const std::function<void(const std::string&)>& on_event, const WebSocket::Options& socket = {});

} // namespace omen
