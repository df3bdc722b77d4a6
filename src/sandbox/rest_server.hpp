#pragma once

#include "sandbox/rest_api.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace omen::sandbox {

/// Answers HTTP/1.1 requests on a connection, one after the other, until either side ends it. Bodies of more than
/// `max_body` bytes are answered by 413. The API must outlive the connection.
void serve_http(boost::asio::ip::tcp::socket socket, std::size_t max_body, RestApi& api);

} // namespace omen::sandbox
