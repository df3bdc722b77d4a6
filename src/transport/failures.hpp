#pragma once

#include "core/error.hpp"
#include "transport/url.hpp"

#include <string>

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

} // namespace omen
