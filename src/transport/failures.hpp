#pragma once

#include "core/error.hpp"
#include "transport/url.hpp"

#include <string>
#include <string_view>

namespace omen {

/// "Connection refused" → "connection refused"; an abbreviation at the front ("TLS ...") stays.
std::string lower_first(std::string text);
/// The reason of an errno in words, in lower case.
std::string os_reason(int error);

/// unreachable, "connect_failed": cannot connect to localhost:8083: connection refused
Error connect_failed(const Url& url, const std::string& reason);
/// unreachable, "timed_out"
Error connect_timed_out(const Url& url);
/// unreachable, "tls_failed"
Error tls_failed(const Url& url, const std::string& reason);

/// Whether an HTTP status says that the server, or somebody before it, was out of order for a moment: 408, 502, 503,
/// 504.
bool is_passing(int status);

/// What an HTTP status that was not asked for says by itself, with whatever body: credentials (401, 403), rate_limited
/// (429), unreachable (408, 5xx); anything else, a redirect too, is no answer of an exchange: protocol.
Fault fault_of_status(int status);
/// A WebSocket handshake that was answered by anything else, "upgrade_refused", with the fault of its status.
Error upgrade_refused(const Url& url, int status, std::string_view status_text);
/// An answer to the handshake that is none of WebSocket's: protocol, "upgrade_refused".
Error not_upgraded(const Url& url, const std::string& why);

} // namespace omen
