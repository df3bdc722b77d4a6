#pragma once

#include "sandbox/access/own_names.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/servers/connections.hpp"
#include "sandbox/servers/session.hpp"

#include <functional>

namespace omen::sandbox {

/// Gives a new session its handler, or null where it was refused (and closed).
using OpenSession = std::function<std::unique_ptr<SessionHandler>(Session&)>;

/// A WebSocket server, as its sessions know it. What it refers to must outlive them.
struct WebSocketServer {
    Endpoint endpoint;
    std::size_t max_message; ///< bytes; more are not accepted
    OpenSession open;
    const OwnNames& names; ///< no other name is upgraded, and no page of another
    FaultPlan& faults;
    Connections& connections;
};

/// Upgrades a connection to a WebSocket and runs it until either side ends it. The server must outlive it.
void serve_websocket(boost::asio::ip::tcp::socket socket, const WebSocketServer& server);

} // namespace omen::sandbox
