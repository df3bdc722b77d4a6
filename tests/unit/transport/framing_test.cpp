#include "support/catch.hpp"
#include "transport/framing.hpp"
#include "transport/keepalive.hpp"

namespace omen::framing_test {

using namespace std::chrono_literals;

namespace {

const std::string short_frame = "\x82\x03"
                                "abc";

std::string frame_of(std::size_t size) {
    std::string frame = "\x82\x7e";
    frame += static_cast<char>(size >> 8);
    frame += static_cast<char>(size & 0xff);
    return frame + std::string(size, 'x');
}

} // namespace

TEST_CASE("a whole binary message in one frame is handed out where it lies") {
    CHECK(whole_message(short_frame) == "abc");
    CHECK(whole_message(short_frame + short_frame) == "abc");
    CHECK(whole_message(std::string("\x82\0\x82\0", 4)) == "");
    CHECK(whole_message(frame_of(300) + "\x82") == std::string(300, 'x'));
    CHECK(whole_message(frame_of(126)) == std::string(126, 'x'));
    CHECK(whole_message("\x82\x7d" + std::string(125, 'x')) == std::string(125, 'x'));
}

TEST_CASE("what is not all there, or no plain binary message, is left to the WebSocket protocol") {
    const auto frame = frame_of(300);
    for (std::size_t size = 0; size < frame.size(); ++size)
        CHECK_FALSE(whole_message(std::string_view(frame).substr(0, size)));
    CHECK_FALSE(whole_message("\x02\x02"
                              "ab")); // a first fragment
    CHECK_FALSE(whole_message("\x80\x02"
                              "ab")); // a last one
    CHECK_FALSE(whole_message("\x81\x02"
                              "ab")); // a text
    CHECK_FALSE(whole_message("\x89\x02"
                              "ab")); // a ping
    CHECK_FALSE(whole_message("\xc2\x02"
                              "ab")); // compressed
    CHECK_FALSE(whole_message("\x82\x82"
                              "mask"
                              "ab"));          // masked
    CHECK_FALSE(whole_message(frame_of(125))); // a longer form than need be
    CHECK_FALSE(whole_message(std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10) + std::string(65'536, 'x'))); // very long
}

TEST_CASE("the cursor stops at the end of a frame") {
    FrameCursor cursor;
    CHECK(cursor.advance(short_frame + short_frame) == short_frame.size());
    CHECK(cursor.between_messages());
}

TEST_CASE("the cursor follows a frame that comes byte by byte") {
    FrameCursor cursor;
    const std::string frame = frame_of(300);
    for (std::size_t i = 0; i < frame.size(); ++i) {
        CHECK(cursor.advance(std::string_view(frame).substr(i, 1)) == 1);
        CHECK(cursor.between_messages() == (i + 1 == frame.size()));
    }
}

TEST_CASE("the cursor knows the 64-bit length") {
    FrameCursor cursor;
    const std::string frame = std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10) + std::string(65'536, 'x');
    CHECK(cursor.advance(frame + short_frame) == frame.size());
}

TEST_CASE("a frame without payload is a whole frame") {
    FrameCursor cursor;
    CHECK(cursor.advance(std::string("\x89\0", 2) + short_frame) == 2);
    CHECK(cursor.between_messages());
}

TEST_CASE("a message is open from its first fragment to its last, pings between them or not") {
    FrameCursor cursor;
    cursor.advance("\x02\x01"
                   "a");
    CHECK_FALSE(cursor.between_messages());
    cursor.advance(std::string("\x89\0", 2));
    CHECK_FALSE(cursor.between_messages());
    cursor.advance("\x80\x01"
                   "b");
    CHECK(cursor.between_messages());
}

TEST_CASE("the upgrade's answer ends at the blank line, wherever the bytes are cut") {
    const std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    for (std::size_t cut = 0; cut <= head.size(); ++cut) {
        UpgradeAnswer answer;
        const auto first = answer.advance(head.substr(0, cut));
        CHECK(first == cut);
        if (!answer.complete()) CHECK(answer.advance(head.substr(cut) + short_frame) == head.size() - cut);
        CHECK(answer.complete());
        CHECK_FALSE(answer.refused());
    }
}

TEST_CASE("the upgrade's answer says how it was refused") {
    UpgradeAnswer answer;
    answer.advance("HTTP/1.1 403 Forbidden\r\n\r\n");
    CHECK(answer.refused());
    CHECK(answer.status() == 403);
    CHECK(answer.status_text() == "403 Forbidden");
}

TEST_CASE("interim answers before the upgrade's are passed over, wherever the bytes are cut") {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
    const auto bytes = interim + "HTTP/1.1 101 Switching Protocols\r\n\r\n" + short_frame;
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        UpgradeAnswer answer;
        std::size_t used = 0;
        while (!answer.complete()) used += answer.advance(std::string_view(bytes).substr(used, size));
        CHECK(answer.status() == 101);
        CHECK(used == bytes.size() - short_frame.size());
    }
}

TEST_CASE("an upgrade's answer may not choose what was not offered, nor be anything but HTTP") {
    const auto objection = [](const std::string& fields) {
        UpgradeAnswer answer;
        answer.advance("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
        return answer.objection();
    };
    CHECK(objection("Upgrade: websocket\r\nConnection: Upgrade\r\n").empty());
    CHECK(objection("sec-websocket-extensions:\r\n").empty());
    CHECK(objection("sec-websocket-extensions: permessage-deflate\r\n") ==
          "the answer names the extension \"permessage-deflate\", which was not offered");
    CHECK(objection("Sec-WebSocket-Protocol: chat\r\n") ==
          "the answer names the subprotocol \"chat\", which was not offered");
    for (const auto* no_field : {"Upgrade\r\n", "Upgrade : websocket\r\n", ": websocket\r\n", " websocket\r\n"})
        CHECK(objection(no_field) == "the answer is no HTTP");
}

TEST_CASE("fields of one name are one field of the upgrade's answer") {
    UpgradeAnswer answer;
    answer.advance("HTTP/1.1 101 Yes\r\nconnection: keep-alive\r\nX: " + std::string(60'000, 'x') +
                   "\r\nConnection:Upgrade \r\n\r\n");
    CHECK(answer.essence() == "HTTP/1.1 101 Yes\r\nConnection: keep-alive, Upgrade\r\n\r\n");
    CHECK_FALSE(answer.too_long());
}

TEST_CASE("an upgrade's answer that does not end is too long") {
    UpgradeAnswer answer;
    while (!answer.too_long()) answer.advance("HTTP/1.1 100 Continue\r\n\r\n");
    CHECK_FALSE(answer.complete());
}

TEST_CASE("the cursor keeps what a close frame says") {
    FrameCursor cursor;
    const std::string close = "\x88\x06\x03\xf6"
                              "gone";
    for (const char byte : short_frame + close) cursor.advance(std::string(1, byte));
    CHECK(cursor.closing() == "\x03\xf6"
                              "gone");
}

TEST_CASE("a silent peer is pinged once, then given up") {
    const Clock::time_point start{1h};
    Keepalive keepalive(15s, 45s);
    keepalive.heard(start);
    CHECK(keepalive.due(start + 14s) == Keepalive::Due::nothing);
    CHECK(keepalive.due(start + 15s) == Keepalive::Due::ping);
    CHECK(keepalive.due(start + 16s) == Keepalive::Due::nothing);
    CHECK(keepalive.next() == start + 45s);
    CHECK(keepalive.due(start + 45s) == Keepalive::Due::give_up);
}

TEST_CASE("a sign of life ends the silence") {
    const Clock::time_point start{1h};
    Keepalive keepalive(15s, 45s);
    keepalive.heard(start);
    keepalive.due(start + 15s);
    keepalive.heard(start + 20s);
    CHECK(keepalive.next() == start + 35s);
    CHECK(keepalive.due(start + 35s) == Keepalive::Due::ping);
}

TEST_CASE("a peer that nobody listened to for long is pinged before it is given up") {
    const Clock::time_point start{1h};
    Keepalive keepalive(15s, 45s);
    keepalive.heard(start);
    CHECK(keepalive.due(start + 100s) == Keepalive::Due::ping);
    CHECK(keepalive.due(start + 129s) == Keepalive::Due::nothing);
    CHECK(keepalive.due(start + 130s) == Keepalive::Due::give_up);
}

} // namespace omen::framing_test
