#pragma once

#include "sandbox/rest/api.hpp"
#include "sandbox/rest/control.hpp"
#include "sandbox/servers/connections.hpp"

namespace omen::sandbox {

/// The REST server, as its connections know it. What it refers to must outlive them.
struct RestServer {
    std::size_t max_body; ///< bytes; more are answered by 413
    RestApi& api;
    Control& control;
    FaultPlan& faults;
    Connections& connections;
};

/// Answers HTTP/1.1 requests on a connection, one after the other, until either side ends it. The server must outlive
/// it.
void serve_http(boost::asio::ip::tcp::socket socket, const RestServer& server);

} // namespace omen::sandbox
