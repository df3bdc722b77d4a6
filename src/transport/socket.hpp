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

/// An answer that has not come by then is given up.
inline constexpr Milliseconds longest_for_answer{5'000};

/// Takes care that what is sent over a socket arrives now or never: what the peer has not acknowledged within this time
/// breaks the connection (TCP_USER_TIMEOUT), and closing the socket, be it by the end of the process, resets it
/// (SO_LINGER), so that the system does not go on delivering what nobody waits for any more.
void recall_unsent(int socket, Milliseconds after) noexcept;
/// The opposite, for an end in good order: what was sent is delivered after the socket is closed.
void deliver_sent(int socket) noexcept;

} // namespace omen
