#pragma once

#include "core/time.hpp"
#include "transport/url.hpp"
#include "transport/wire_tap.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace omen {

/// An established WebSocket connection ended. `what()` is the reason in words ("closed by the exchange (1009 ...)").
class Disconnected : public std::runtime_error {
  public:
    enum class Cause {
        closed_by_peer, ///< a close frame: what was sent and not handled is discarded by the peer
        lost,           ///< reset, ended without a close frame, or silent for too long: what the peer has seen, or will
                        ///< see from a machine between, is unknown
        violation,      ///< the peer broke the WebSocket protocol, or a message was over the read limit
    };
    Disconnected(Cause cause, const std::string& reason) : std::runtime_error(reason), cause_(cause) {}

    Cause cause() const { return cause_; }

  private:
    Cause cause_;
};

/// A message as it was received. The text is valid until the next call of the WebSocket it came from.
struct Frame {
    std::string_view payload;
    bool binary = true;
};

/// A client's WebSocket, ws or wss, over synchronous Boost.Beast on a poll-driven read-ahead stream. Bytes in, bytes
/// out.
class WebSocket {
  public:
    struct Options {
        std::size_t max_message = 64U << 20;        ///< a longer message ends the connection: Disconnected (violation)
        Milliseconds stall_timeout{10'000};         ///< a message that has begun must end within this
        Deadline end{};                             ///< and not after this: the end of a one-shot command
        Milliseconds ping_after{15'000};            ///< silence after which the peer is pinged
        Milliseconds dead_after{45'000};            ///< silence after which the connection counts as lost
        std::function<void()> before_blocking{};    ///< called before each wait that may block: flush output here
        std::optional<Milliseconds> recall_after{}; ///< see recall_unsent()
        int output_fd = -1;                         ///< when its reader goes away, a wait throws OutputClosed
        WireTap* tap = nullptr;                     ///< sees every message; it must outlive the connection
    };

    /// Nobody reads our output any more (`| head -1`). Thrown by a wait, when Options name an output_fd.
    struct OutputClosed {};

    /// Connects (every address of the host in turn), does the TLS and WebSocket handshakes, TCP_NODELAY set.
    /// Errors: unreachable, code "connect_failed", "tls_failed" or "timed_out"; upgrade_refused(). Throws Interrupted.
    static WebSocket connect(const Url& url, Deadline deadline, Options options);
    /// For a command that is to be over by the deadline, whatever the peer does.
    static WebSocket connect(const Url& url, Deadline deadline) { return connect(url, deadline, {.end = deadline}); }

    ~WebSocket();
    WebSocket(WebSocket&&) noexcept;
    WebSocket& operator=(WebSocket&&) noexcept;

    /// Adds a binary message to what the next flush() writes, or the next receive() that has to wait.
    void queue(std::string_view payload);
    /// Writes everything queued, in one write where the kernel takes it. Throws Disconnected, Interrupted;
    /// a peer that does not read within the stall timeout is Disconnected (lost). That the connection is broken is
    /// reported by receive(), after the messages that the peer sent before.
    void flush();
    /// queue() and flush().
    void send(std::string_view payload) {
        queue(payload);
        flush();
    }
    /// The next message, or nothing when none is all here by the deadline; the connection is then intact, and what has
    /// come of one is kept. A message that is already here is returned even when the deadline has passed, but of a peer
    /// that goes on sending no more than a quarter of a megabyte is read then. Pings are answered and sent meanwhile.
    /// Throws Disconnected, Interrupted, OutputClosed. Where one of the descriptors of `wake` is ready while it waits,
    /// it returns nothing at once.
    std::optional<Frame> receive(Deadline deadline, std::span<const pollfd> wake = {});
    /// To be waited for beside others: there may be something to receive() when it is ready.
    pollfd readable() const;
    /// Whether receive() would return without waiting on the network (bytes are buffered).
    bool buffered() const;
    /// How many bytes have been queued in all, and how many of them the system has taken.
    std::uint64_t queued() const;
    std::uint64_t written() const;
    /// Breaks the connection off: the peer is reset, and what it has not been sent yet it never will be.
    void reset() noexcept;
    /// Sends what is queued and a close frame, and drops the connection without waiting for the peer's. Its owner's end
    /// does so, too, but where what is unsent is to be recalled: there an end that nobody has asked for is a reset.
    void close() noexcept;

  private:
    struct Impl;
    explicit WebSocket(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace omen
