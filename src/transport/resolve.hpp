#pragma once

#include "core/time.hpp"
#include "transport/url.hpp"

#include <sys/socket.h>
#include <vector>

namespace omen {

/// A socket address of either family.
struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
};

/// Every address of the URL's host with its port, in the order of preference. Errors: unreachable ("connect_failed",
/// "timed_out"). Throws Interrupted.
std::vector<Address> resolve(const Url& url, Deadline deadline);

} // namespace omen
