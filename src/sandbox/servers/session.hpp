#pragma once

#include "core/time.hpp"
#include "protocol/wire/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace omen::sandbox {

/// An encoded message. Shared, so that what many subscribers get is encoded once.
using Message = std::shared_ptr<const std::string>;

/// The message of anything that is declared on the wire.
template <class T> Message message_of(const T& message) {
    return std::make_shared<const std::string>(wire::encode(message));
}

/// A client's connection, as a server sees it: messages go out in order, each as one binary frame. A server's bytes
/// leave by its Session and enter by its SessionHandler, and nowhere else.
class Session {
  public:
    /// A session with more than this waiting to be sent is behind.
    static constexpr std::size_t behind_above = 1U << 20;
    /// One with more than this is disconnected.
    static constexpr std::size_t dropped_above = 64U << 20;

    virtual ~Session() = default;

    virtual void send(Message message) = 0;
    /// Sends what is queued, then a close frame. Nothing is received any more.
    virtual void close(std::uint16_t code) = 0;

    // ---- What only faults do, behind what is queued. Once the connection is cut, ended, reset or stalled, nothing is
    // received or sent any more.

    /// Does something after that time. The session's handler lives until then, even where the session has ended.
    virtual void later(Milliseconds delay, std::function<void()> act) = 0;
    /// Sends half of the message's frame and hangs up.
    virtual void cut(Message message) = 0;
    /// Sends half of the message's frame and stalls.
    virtual void stall_within(Message message) = 0;
    /// Ends the connection without a close frame.
    virtual void end_stream() = 0;
    /// Breaks the connection off by a TCP reset.
    virtual void reset() = 0;
    /// Leaves the connection open and takes no notice of it any more.
    virtual void stall() = 0;

    /// Whether the client reads more slowly than it is sent to. The handler is called when that ends.
    virtual bool is_behind() const = 0;
    /// The client's IP address.
    virtual const std::string& address() const = 0;
};

/// What a server does with one session. It lives as long as the session can receive, or has something to do later.
class SessionHandler {
  public:
    virtual ~SessionHandler() = default;

    virtual void on_message(std::string_view bytes, bool is_binary) = 0;
    /// A message was longer than the limit; no further one will be received.
    virtual void on_too_large() = 0;
    /// The session is no longer behind.
    virtual void on_caught_up() {}
};

/// Close codes of WebSocket.
namespace close_code {
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_large = 1009;
inline constexpr std::uint16_t restart = 1012;
} // namespace close_code

} // namespace omen::sandbox
