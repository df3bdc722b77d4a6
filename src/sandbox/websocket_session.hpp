#pragma once

#include "sandbox/session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>

namespace omen::sandbox {

/// Gives a new session its handler, or null where it was refused (and closed).
using OpenSession = std::function<std::unique_ptr<SessionHandler>(Session&)>;

/// Upgrades a connection to a WebSocket and runs it until either side ends it. Messages of more than `max_message`
/// bytes are not accepted.
void serve_websocket(boost::asio::ip::tcp::socket socket, std::size_t max_message, OpenSession open);

} // namespace omen::sandbox
