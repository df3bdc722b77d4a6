#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/handled_signals.hpp"
#include "support/scripted_server.hpp"
#include "system/signals.hpp"
#include "transport/websocket.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace omen::websocket_connect_test {

using namespace omen::test;
using namespace std::chrono_literals;

namespace {

Error connect_error(const Url& url, Milliseconds timeout = 5s) {
    try {
        WebSocket::connect(url, Deadline::after(timeout));
    } catch (const Error& error) {
        return error;
    }
    throw std::runtime_error("it connected");
}

/// A listener that accepts nothing and whose queue is full: to connect to it takes for ever.
class FullListener {
  public:
    FullListener() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* name = reinterpret_cast<sockaddr*>(&address);
        bind(sockets_[0], name, length);
        listen(sockets_[0], 0);
        getsockname(sockets_[0], name, &length);
        for (int i = 1; i < 3; ++i) ::connect(sockets_[i], name, length);
        port_ = ntohs(address.sin_port);
    }
    ~FullListener() {
        for (const int socket : sockets_) close(socket);
    }
    Url url() const { return {.scheme = "ws", .host = "127.0.0.1", .port = port_, .path = "/"}; }

  private:
    static int open() { return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); }

    int sockets_[3] = {socket(AF_INET, SOCK_STREAM, 0), open(), open()};
    std::uint16_t port_ = 0;
};

} // namespace

TEST_CASE("a signal ends connecting") {
    const FullListener nobody;
    const test::HandledSignals handled;
    raise(SIGINT);
    CHECK_THROWS_AS(WebSocket::connect(nobody.url(), Deadline::after(5s)), Interrupted);
}

TEST_CASE("a refused connection is unreachable") {
    const auto port = unused_port();
    const auto error = connect_error({.scheme = "ws", .host = "localhost", .port = port, .path = "/"});
    CHECK(error.fault() == Fault::unreachable);
    CHECK(error.detail().code == "connect_failed");
    CHECK(std::string(error.what()) == "cannot connect to localhost:" + std::to_string(port) + ": connection refused");
}

TEST_CASE("localhost is reached at whichever address it listens on") {
    const auto address = GENERATE("127.0.0.1", "::1");
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) { client.read_request(); }, address);
    Url url = server.url();
    url.host = "localhost";
    CHECK(std::string(connect_error(url).what()).find("before the WebSocket upgrade was answered") !=
          std::string::npos);
    CHECK(server.connections() == 1);
}

TEST_CASE("connecting ends at the deadline") {
    const FullListener nobody;
    const auto error = connect_error(nobody.url(), 100ms);
    CHECK(error.detail().code == "timed_out");
    CHECK(error.retryable());
}

TEST_CASE("an upgrade that is not answered ends at the deadline") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) { client.wait_until_closed(); });
    CHECK(connect_error(server.url(), 100ms).detail().code == "timed_out");
}

TEST_CASE("a refused upgrade is what its HTTP status says, without waiting for the body") {
    const auto& [status, words, fault] = GENERATE(table<int, const char*, Fault>({
        {200, "OK", Fault::protocol},
        {302, "Found", Fault::protocol},
        {401, "Unauthorized", Fault::credentials},
        {403, "Forbidden", Fault::credentials},
        {404, "Not Found", Fault::protocol},
        {429, "Too Many Requests", Fault::rate_limited},
        {500, "Internal Server Error", Fault::unreachable},
        {503, "Service Unavailable", Fault::unreachable},
    }));
    const auto text = std::to_string(status) + " " + words;
    const auto server = ScriptedServer::raw([&](ScriptedConnection& client) {
        client.read_request();
        client.write_raw("HTTP/1.1 " + text + "\r\nContent-Length: 1000\r\n\r\n<html>");
        client.wait_until_closed();
    });
    const auto error = connect_error(server.url());
    CHECK(error.fault() == fault);
    CHECK(error.detail().code == "upgrade_refused");
    CHECK(error.detail().http_status == status);
    CHECK(std::string(error.what()).find("answered with HTTP " + text) != std::string::npos);
}

TEST_CASE("an answer to the upgrade that is none is refused") {
    const auto answer =
        GENERATE(http_answer(200),
                 std::string("\x82\x03"
                             "abc\r\n\r\n"),
                 std::string("garbage\r\n\r\n"),
                 std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                             "Sec-WebSocket-Accept: wrong\r\n\r\n"));
    const auto server = ScriptedServer::raw([&](ScriptedConnection& client) {
        client.read_request();
        client.write_raw(answer);
        client.wait_until_closed();
    });
    const auto error = connect_error(server.url());
    CHECK(error.fault() == Fault::protocol);
    CHECK(error.detail().code == "upgrade_refused");
}

TEST_CASE("the upgrade request says who we are and whom we mean") {
    std::string request;
    auto server = ScriptedServer::raw([&](ScriptedConnection& client) { request = client.read_request(); });
    connect_error(server.url());
    server.finish();
    CHECK(request.starts_with("GET / HTTP/1.1\r\n"));
    CHECK(request.find("Host: " + server.url().authority() + "\r\n") != request.npos);
    CHECK(request.find("User-Agent: omenctl\r\n") != request.npos);
}

} // namespace omen::websocket_connect_test
