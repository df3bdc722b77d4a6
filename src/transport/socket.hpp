#pragma once

#include "core/time.hpp"
#include "system/descriptor.hpp"
#include "transport/url.hpp"

#include <functional>

namespace omen {

/// A non-blocking TCP connection, TCP_NODELAY and close-on-exec set. Every address of the host is tried: the next one
/// joins in when those before it have failed or have kept silent for a quarter of a second; the first to answer wins.
/// What there is to do `meanwhile` is done once the first attempt is under way.
/// Errors: unreachable ("connect_failed", "timed_out"). Throws Interrupted.
Descriptor connect_tcp(
    const Url& url, Deadline deadline, const std::function<void()>& meanwhile = [] {});

} // namespace omen
