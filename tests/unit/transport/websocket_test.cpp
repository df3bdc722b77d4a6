#include "support/catch.hpp"
#include "support/handled_signals.hpp"
#include "support/scripted_server.hpp"
#include "system/descriptor.hpp"
#include "system/signals.hpp"
#include "transport/websocket.hpp"

#include <array>
#include <fcntl.h>
#include <latch>
#include <poll.h>
#include <signal.h>
#include <thread>
#include <unistd.h>

namespace omen::websocket_test {

using namespace omen::test;
using namespace std::chrono_literals;
using Cause = Disconnected::Cause;

namespace {

WebSocket connect(const ScriptedServer& server, WebSocket::Options options = {}) {
    return WebSocket::connect(server.url(), Deadline::after(5s), std::move(options));
}

std::string receive(WebSocket& socket, Milliseconds timeout = 5s) {
    const auto frame = socket.receive(Deadline::after(timeout));
    return frame ? std::string(frame->payload) : "(nothing)";
}

Disconnected disconnection(WebSocket& socket) {
    try {
        for (;;)
            if (!socket.receive(Deadline::after(5s))) throw std::runtime_error("nothing came");
    } catch (const Disconnected& end) {
        return end;
    }
}

struct Pipe {
    Pipe() {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        read_end = Descriptor(ends[0]);
        write_end = Descriptor(ends[1]);
    }
    Descriptor read_end;
    Descriptor write_end;
};

/// The head of a binary frame that announces so many bytes.
std::string frame_head(std::uint64_t size) {
    std::string head = "\x82\x7f";
    for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(size >> shift & 0xff);
    return head;
}

} // namespace

TEST_CASE("binary messages go there and back") {
    ScriptedServer server([](ScriptedConnection& client) {
        for (;;) client.write("echo " + client.read());
    });
    auto socket = connect(server);
    socket.send(std::string("one\0two", 7));
    CHECK(receive(socket) == std::string("echo one\0two", 12));
    socket.send("");
    CHECK(receive(socket) == "echo ");
}

TEST_CASE("a text message is returned as such") {
    ScriptedServer server([](ScriptedConnection& client) { client.write_text("hello"); });
    auto socket = connect(server);
    const auto frame = socket.receive(Deadline::after(5s));
    REQUIRE(frame);
    CHECK(frame->payload == "hello");
    CHECK_FALSE(frame->binary);
}

TEST_CASE("queued messages leave in one write, masked") {
    ScriptedServer server([](ScriptedConnection& client) { client.write(client.read_raw()); });
    auto socket = connect(server);
    socket.queue("abc");
    socket.queue("def");
    socket.flush();
    const std::string sent = receive(socket);
    REQUIRE(sent.size() == 2 * (2 + 4 + 3));
    CHECK(sent[1] == '\x83'); // masked, 3 bytes
    CHECK(sent[10] == '\x83');
    CHECK(sent.find("abc") == sent.npos);
}

TEST_CASE("a message larger than a TCP buffer passes both ways") {
    ScriptedServer server([](ScriptedConnection& client) { client.write(client.read()); });
    auto socket = connect(server);
    const std::string large(2U << 20, 'x');
    socket.send(large);
    CHECK(receive(socket) == large);
}

TEST_CASE("a receive that times out leaves the connection intact") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.read();
        client.write("late");
    });
    auto socket = connect(server);
    CHECK_FALSE(socket.receive(Deadline::after(20ms)));
    CHECK_FALSE(socket.receive(Deadline::after(0ms)));
    socket.send("go");
    CHECK(receive(socket) == "late");
}

TEST_CASE("a message that is already here is returned although the deadline has passed") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write("one");
        client.write("two");
        client.wait_until_closed();
    });
    auto socket = connect(server);
    CHECK(receive(socket) == "one");
    std::this_thread::sleep_for(50ms);
    CHECK(receive(socket, 0ms) == "two");
}

TEST_CASE("messages that came together are buffered") {
    const std::string two_frames = "\x82\x01"
                                   "a\x82\x01"
                                   "b";
    ScriptedServer server([&](ScriptedConnection& client) {
        client.write_raw(two_frames);
        client.wait_until_closed();
    });
    auto socket = connect(server);
    CHECK(receive(socket) == "a");
    CHECK(socket.buffered());
    CHECK(receive(socket) == "b");
    CHECK_FALSE(socket.buffered());
}

TEST_CASE("messages sent right behind the upgrade's answer are received") {
    ScriptedServer server([](ScriptedConnection& client) {
        for (int i = 0; i < 1000; ++i) client.write("message " + std::to_string(i));
    });
    auto socket = connect(server);
    for (int i = 0; i < 1000; ++i) REQUIRE(receive(socket) == "message " + std::to_string(i));
}

TEST_CASE("a fragmented message is put together, whatever comes between its fragments") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write_raw("\x02\x02"
                         "ab");
        std::this_thread::sleep_for(20ms);
        client.ping("between");
        std::this_thread::sleep_for(20ms);
        client.write_raw("\x80\x02"
                         "cd");
        client.write(client.read());
    });
    auto socket = connect(server);
    CHECK(receive(socket) == "abcd");
    socket.send("next");
    CHECK(receive(socket) == "next");
}

TEST_CASE("a ping is answered, and is no message") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.ping("are you there?");
        client.read();
        client.write(client.last_pong());
    });
    auto socket = connect(server);
    CHECK_FALSE(socket.receive(Deadline::after(50ms)));
    socket.send("go");
    CHECK(receive(socket) == "are you there?");
}

TEST_CASE("a lone ping begins no message: its silence afterwards is no stall") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.ping("");
        client.read();
        client.write("still here");
    });
    auto socket = connect(server, {.stall_timeout = 20ms});
    CHECK_FALSE(socket.receive(Deadline::after(100ms)));
    socket.send("go");
    CHECK(receive(socket) == "still here");
}

TEST_CASE("a silent exchange is pinged, and its pong keeps the connection") {
    ScriptedServer server([](ScriptedConnection& client) { client.read(); });
    auto socket = connect(server, {.ping_after = 20ms, .dead_after = 100ms});
    CHECK_FALSE(socket.receive(Deadline::after(300ms)));
}

TEST_CASE("an exchange that leaves pings unanswered is lost") {
    ScriptedServer server([](ScriptedConnection& client) { client.wait_until_closed(); });
    auto socket = connect(server, {.ping_after = 20ms, .dead_after = 60ms});
    const auto end = disconnection(socket);
    CHECK(end.cause() == Cause::lost);
    CHECK(std::string(end.what()) == "the exchange has fallen silent");
}

TEST_CASE("a close frame ends the connection with its reason") {
    ScriptedServer server(
        [](ScriptedConnection& client) { client.close(1009, "one client message is 65536 bytes at most"); });
    auto socket = connect(server);
    const auto end = disconnection(socket);
    CHECK(end.cause() == Cause::closed_by_peer);
    CHECK(std::string(end.what()) == "closed by the exchange (1009 one client message is 65536 bytes at most)");
}

TEST_CASE("a close code without words is put into words") {
    ScriptedServer server([](ScriptedConnection& client) { client.close(1001); });
    auto socket = connect(server);
    CHECK(std::string(disconnection(socket).what()) == "closed by the exchange (1001 going away)");
}

TEST_CASE("what came before the end is received, and every later call tells of the end; a bare end is no close") {
    ScriptedServer server([](ScriptedConnection& client) { client.write("last words"); });
    auto socket = connect(server);
    CHECK(receive(socket) == "last words");
    CHECK(disconnection(socket).cause() == Cause::lost);
    CHECK_THROWS_AS(socket.send("hello?"), Disconnected);
    CHECK_THROWS_AS(socket.receive(Deadline::never()), Disconnected);
}

TEST_CASE("what the exchange said before it hung up is received although our write failed") {
    ScriptedServer server([](ScriptedConnection& client) { client.write("too many sessions"); });
    auto socket = connect(server);
    std::this_thread::sleep_for(50ms);
    for (int i = 0; i < 3; ++i) {
        socket.send("order");
        std::this_thread::sleep_for(20ms);
    }
    CHECK(receive(socket) == "too many sessions");
    CHECK(disconnection(socket).cause() == Cause::lost);
}

TEST_CASE("a reset is a lost connection") {
    ScriptedServer server([](ScriptedConnection& client) { client.reset(); });
    auto socket = connect(server);
    const auto end = disconnection(socket);
    CHECK(end.cause() == Cause::lost);
    CHECK(std::string(end.what()) == "connection reset by peer");
}

TEST_CASE("an end in the middle of a frame is a lost connection") {
    ScriptedServer server([](ScriptedConnection& client) { client.write_raw(frame_head(100'000) + "half"); });
    auto socket = connect(server);
    CHECK(disconnection(socket).cause() == Cause::lost);
}

TEST_CASE("a frame that does not go on is a lost connection after the stall timeout") {
    const auto half = GENERATE(std::string("\x82"), frame_head(100'000), frame_head(100'000) + "half");
    ScriptedServer server([&](ScriptedConnection& client) {
        client.write_raw(half);
        client.wait_until_closed();
    });
    auto socket = connect(server, {.stall_timeout = 50ms});
    const auto started = Clock::now();
    CHECK(disconnection(socket).cause() == Cause::lost);
    CHECK(Clock::now() - started < 2s);
}

TEST_CASE("a message may take several deadlines to come, and none of it is lost") {
    const std::string payload(100'000, 'x');
    ScriptedServer server([&](ScriptedConnection& client) {
        const auto frame = frame_head(payload.size()) + payload;
        for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, 1}, {1, 5}, {5, 70'000}}) {
            client.write_raw(frame.substr(begin, end - begin));
            client.read();
        }
        client.write_raw(frame.substr(70'000));
        client.ping("");
        client.write("next");
        client.wait_until_closed();
    });
    auto socket = connect(server);
    for (int part = 0; part < 3; ++part) {
        CHECK_FALSE(socket.receive(Deadline::after(50ms)));
        socket.send("go on");
    }
    CHECK(receive(socket) == payload);
    CHECK(receive(socket) == "next");
}

TEST_CASE("half a message does not keep a reader from what is to wake it") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write_raw(frame_head(100'000) + "half");
        client.wait_until_closed();
    });
    auto socket = connect(server);
    Pipe input;
    const std::array wake{pollfd{input.read_end.get(), POLLIN, 0}};
    CHECK_FALSE(socket.receive(Deadline::after(50ms), wake));
    REQUIRE(write(input.write_end.get(), "x", 1) == 1);
    CHECK_FALSE(socket.receive(Deadline::never(), wake));
}

TEST_CASE("a frame that does not go on is given up at the end of a one-shot command") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write_raw(frame_head(100'000));
        client.wait_until_closed();
    });
    auto socket = connect(server, {.stall_timeout = 30s, .end = Deadline::after(200ms)});
    const auto started = Clock::now();
    CHECK(disconnection(socket).cause() == Cause::lost);
    CHECK(Clock::now() - started < 5s);
}

TEST_CASE("an exchange that does not read is lost after the stall timeout") {
    std::latch given_up(1);
    ScriptedServer server([&](ScriptedConnection&) { given_up.wait(); });
    auto socket = connect(server, {.stall_timeout = 50ms});
    CHECK_THROWS_AS(socket.send(std::string(32U << 20, 'x')), Disconnected);
    given_up.count_down();
}

TEST_CASE("a message over the limit is a violation") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write(std::string(1000, 'x'));
        client.write(std::string(1001, 'x'));
    });
    auto socket = connect(server, {.max_message = 1000});
    CHECK(receive(socket).size() == 1000);
    const auto end = disconnection(socket);
    CHECK(end.cause() == Cause::violation);
    CHECK(std::string(end.what()) == "a message of more than 1000 bytes");
}

TEST_CASE("a frame is refused by the size that it announces, before its bytes come") {
    const auto size = GENERATE(std::uint64_t{100} << 20, std::uint64_t{1} << 62);
    ScriptedServer server([&](ScriptedConnection& client) {
        client.write_raw(frame_head(size));
        client.wait_until_closed();
    });
    auto socket = connect(server);
    CHECK(disconnection(socket).cause() == Cause::violation);
}

TEST_CASE("bytes that are no frame are a violation") {
    const auto bytes = GENERATE(std::string("\xf2\x01x"), std::string("\x82\x81maskx"), std::string("\x80\x01x"));
    ScriptedServer server([&](ScriptedConnection& client) {
        client.write_raw(bytes);
        client.wait_until_closed();
    });
    auto socket = connect(server);
    CHECK(disconnection(socket).cause() == Cause::violation);
}

TEST_CASE("close says goodbye with a close frame") {
    std::string goodbye;
    ScriptedServer server([&](ScriptedConnection& client) { goodbye = client.read_raw(); });
    connect(server).close();
    server.finish();
    CHECK(goodbye == std::string("\x88\x82\0\0\0\0\x03\xe8", 8));
}

TEST_CASE("output is flushed before a wait, and only then") {
    ScriptedServer server([](ScriptedConnection& client) {
        client.write("one");
        client.read();
    });
    int flushes = 0;
    auto socket = connect(server, {.before_blocking = [&] { ++flushes; }});
    std::this_thread::sleep_for(50ms);
    flushes = 0;
    CHECK(receive(socket) == "one");
    CHECK(flushes == 0);
    CHECK_FALSE(socket.receive(Deadline::after(10ms)));
    CHECK(flushes > 0);
}

TEST_CASE("a wait ends when nobody reads our output any more") {
    ScriptedServer server([](ScriptedConnection& client) { client.read(); });
    Pipe output;
    auto socket = connect(server, {.output_fd = output.write_end.get()});
    CHECK_FALSE(socket.receive(Deadline::after(10ms)));
    output.read_end = {};
    CHECK_THROWS_AS(socket.receive(Deadline::after(5s)), WebSocket::OutputClosed);
}

TEST_CASE("any of several descriptors wakes a wait, and the stream goes on") {
    ScriptedServer server([](ScriptedConnection& client) {
        for (;;) client.write("echo " + client.read());
    });
    auto socket = connect(server);
    Pipe input;
    Pipe output;
    const std::array wake{pollfd{input.read_end.get(), POLLIN, 0}, pollfd{output.write_end.get(), 0, 0},
                          pollfd{-1, POLLIN, 0}};
    CHECK_FALSE(socket.receive(Deadline::after(10ms), wake));

    SECTION("by input") {
        REQUIRE(write(input.write_end.get(), "x", 1) == 1);
    }
    SECTION("by the end of the input") {
        input.write_end = {};
    }
    SECTION("by a reader that goes away") {
        output.read_end = {};
    }
    const auto end = Deadline::after(5s);
    CHECK_FALSE(socket.receive(end, wake));
    CHECK_FALSE(end.passed());

    socket.send("on");
    CHECK(receive(socket) == "echo on");
}

TEST_CASE("what is sent leaves, and what is here is received, while something always wakes the wait") {
    ScriptedServer server([](ScriptedConnection& client) {
        for (;;) client.write("echo " + client.read());
    });
    auto socket = connect(server);
    const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const std::array wake{pollfd{nothing.get(), POLLIN, 0}};
    socket.queue("one");
    const auto end = Deadline::after(5s);
    std::optional<Frame> frame;
    while (!frame && !end.passed()) frame = socket.receive(end, wake);
    REQUIRE(frame);
    CHECK(frame->payload == "echo one");
}

TEST_CASE("a signal ends a wait") {
    ScriptedServer server([](ScriptedConnection& client) { client.wait_until_closed(); });
    auto socket = connect(server);
    const test::HandledSignals handled;
    const std::jthread later([] {
        std::this_thread::sleep_for(30ms);
        kill(getpid(), SIGTERM);
    });
    try {
        socket.receive(Deadline::after(5s));
        FAIL("not interrupted");
    } catch (const Interrupted& interrupted) {
        CHECK(interrupted.signal == SIGTERM);
    }
    CHECK(signals::pending() == SIGTERM);
    signals::take();
    CHECK_FALSE(signals::pending());
    CHECK(signals::received() == SIGTERM);
}

TEST_CASE("a deadline holds whatever a peer sends without end, and nothing of it is kept") {
    const auto flood = GENERATE(as<std::string>(), std::string("\x89\0", 2), std::string("\x8a\0", 2),
                                std::string("\0\0", 2), "\x82\x01x");
    ScriptedServer server([&](ScriptedConnection& client) {
        std::string block;
        while (block.size() < 60'000) block += flood;
        if (flood[0] == 0) client.write_raw(std::string("\x02\0", 2)); // a message begins
        for (;;) client.write_raw(block);
    });
    auto socket = connect(server, {.stall_timeout = 100ms});
    const auto deadline = Deadline::after(100ms);
    try {
        while (socket.receive(deadline)) {
        }
    } catch (const Disconnected& error) { // neither pongs are read, nor does a message end
        CHECK(error.cause() == Cause::lost);
    }
    CHECK(deadline.passed());
}

TEST_CASE("an end in good order says so: what is queued, then a close frame") {
    std::string seen;
    ScriptedServer server([&](ScriptedConnection& client) {
        client.ping("still there?");
        client.write("last");
        client.read(); // passes the pong by, and meets the close frame
    });
    {
        auto socket = connect(server);
        CHECK(receive(socket) == "last");
    }
    CHECK_NOTHROW(server.finish());
}

TEST_CASE("every close code that there is is an end by the peer, with its meaning") {
    const auto [code, words] = GENERATE(table<std::uint16_t, std::string>({{1000, "1000 normal"},
                                                                           {1013, "1013 try again later"},
                                                                           {1014, "1014 bad gateway"},
                                                                           {3000, "3000"},
                                                                           {4999, "4999"}}));
    ScriptedServer server([code = code](ScriptedConnection& client) {
        const std::string frame{'\x88', '\x02', static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
        for (const char byte : frame) client.write_raw(std::string(1, byte));
        client.wait_until_closed();
    });
    auto socket = connect(server);
    const auto end = disconnection(socket);
    CHECK(end.cause() == Cause::closed_by_peer);
    CHECK(end.what() == "closed by the exchange (" + words + ")");
}

} // namespace omen::websocket_test
