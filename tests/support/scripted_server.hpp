#pragma once

#include "core/time.hpp"
#include "transport/url.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace omen::test {

/// The client has gone. A script need not catch it: it ends the script quietly.
struct ClientGone {};

/// The server's side of one connection, for a script to drive.
class ScriptedConnection {
  public:
    struct Impl;
    explicit ScriptedConnection(Impl& impl) : impl_(impl) {}

    /// Which connection to the server this is, 0 being the first.
    std::size_t number() const;

    /// The next message. Pings are answered meanwhile.
    std::string read();
    void write(std::string_view message);
    void write_text(std::string_view message);
    void write_fragments(const std::vector<std::string>& fragments);
    void ping(std::string_view payload);
    /// The payload of the last pong that a read() came across.
    std::string last_pong() const;
    /// Sends a close frame and waits for the client's.
    void close(std::uint16_t code, std::string_view reason = {});

    /// The bytes beneath the WebSocket: what one recv gives.
    std::string read_raw();
    void write_raw(std::string_view bytes);
    /// An HTTP request with its body.
    std::string read_request();
    /// Ends the connection with a TCP reset.
    void reset();
    /// Reads on, answering nothing, until the client closes.
    void wait_until_closed();

  private:
    Impl& impl_;
};

/// A server on a real loopback socket whose every connection runs a script in a thread of its own. The connection
/// closes (without a close frame) when the script returns. A script that throws makes finish() throw.
///
///     ScriptedServer server([](ScriptedConnection& client) { client.write("echo " + client.read()); });
///     auto socket = WebSocket::connect(server.url(), Deadline::after(1s));
class ScriptedServer {
  public:
    using Script = std::function<void(ScriptedConnection& client)>;
    using Handler = std::function<std::string(const std::string& request)>;

    /// A WebSocket server: the script begins after the upgrade.
    explicit ScriptedServer(Script script);
    /// The same, with a script for each connection in turn; one connection too many is closed.
    explicit ScriptedServer(std::vector<Script> scripts);
    /// A bare TCP server: the script gets the first byte.
    static ScriptedServer raw(Script script, const std::string& address = "127.0.0.1");
    /// An HTTP/1.1 server: the handler turns each request into the bytes of the answer.
    static ScriptedServer http(Handler handler, const std::string& address = "127.0.0.1");

    ~ScriptedServer();
    ScriptedServer(ScriptedServer&&) noexcept;

    /// ws://127.0.0.1:port/
    Url url() const;
    /// http://127.0.0.1:port + path
    std::string http_url(std::string_view path = "/") const;
    /// How many connections have been accepted.
    std::size_t connections() const;
    /// Waits for the running scripts to end and throws what the first to fail has thrown.
    void finish();

  private:
    struct Impl;
    explicit ScriptedServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The bytes of an HTTP answer; `headers` are whole lines without their ends.
std::string http_answer(int status, std::string_view body = {}, const std::vector<std::string>& headers = {});

/// A port of 127.0.0.1 that nobody listens on.
std::uint16_t unused_port();

} // namespace omen::test
