#pragma once

#include "system/descriptor.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace omen {

/// What one attempt to read or write came to.
struct Transfer {
    enum class State {
        done,         ///< `bytes` were moved, at least one
        wants_input,  ///< try again when the socket is readable
        wants_output, ///< try again when the socket is writable
        ended,        ///< the peer ended its side in good order
        failed,       ///< `error` says why
    };
    State state;
    std::size_t bytes = 0;
    int error = 0; ///< an errno
};

/// A connected byte channel that never waits: a bare socket, or TLS over one.
class Channel {
  public:
    virtual ~Channel() = default;

    virtual Transfer read(std::span<char> into) = 0;
    virtual Transfer write(std::string_view bytes) = 0;
    /// Says goodbye to the peer, as far as that goes without waiting.
    virtual void say_goodbye() noexcept = 0;
    /// The socket to wait for.
    virtual int fd() const = 0;
};

/// A connected, non-blocking socket as it is.
std::unique_ptr<Channel> plain_channel(Descriptor socket);

} // namespace omen
