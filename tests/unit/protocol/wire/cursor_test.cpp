#include "protocol/wire/cursor.hpp"
#include "protocol/wire/packer.hpp"
#include "support/catch.hpp"

#include <msgpack.hpp>

#include <functional>
#include <optional>
#include <random>

namespace omen::cursor_test {

using namespace omen::literals;
using wire::Cursor;
using wire::Kind;

namespace {

/// The independent peer: msgpack-c's own packer.
using Peer = msgpack::packer<msgpack::sbuffer>;

template <class F> std::string packed(F&& pack) {
    msgpack::sbuffer buffer;
    Peer peer(buffer);
    pack(peer);
    return {buffer.data(), buffer.size()};
}

template <class T> std::string packed_value(const T& value) {
    return packed([&](Peer& peer) { peer.pack(value); });
}

template <class F> std::string error_of(F&& read) {
    try {
        read();
        return "none";
    } catch (const DecodeError& error) {
        return error.what();
    }
}

std::string packed_ext(std::size_t size, std::int8_t type) {
    return packed([&](Peer& peer) {
        const std::string body(size, 'e');
        peer.pack_ext(size, type).pack_ext_body(body.data(), static_cast<std::uint32_t>(size));
    });
}

std::string packed_binary(std::size_t size) {
    return packed([&](Peer& peer) {
        const std::string body(size, 'b');
        peer.pack_bin(static_cast<std::uint32_t>(size)).pack_bin_body(body.data(), static_cast<std::uint32_t>(size));
    });
}

/// The lengths at which MessagePack's formats change, and their neighbours.
const std::vector<std::size_t> lengths{0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, 70000};

/// One value of every format that MessagePack has, but for the one byte that it never uses.
std::vector<std::pair<Kind, std::string>> every_format() {
    std::vector<std::pair<Kind, std::string>> all{
        {Kind::nil, packed([](Peer& peer) { peer.pack_nil(); })},
        {Kind::boolean, packed_value(true)},
        {Kind::boolean, packed_value(false)},
        {Kind::integer, packed_value(0)},
        {Kind::integer, packed_value(127)},
        {Kind::integer, packed_value(-1)},
        {Kind::integer, packed_value(-32)},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_uint8(200); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_uint16(200); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_uint32(200); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_uint64(200); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_int8(-100); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_int16(-100); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_int32(-100); })},
        {Kind::integer, packed([](Peer& peer) { peer.pack_fix_int64(-100); })},
        {Kind::floating, std::string("\xca\0\0\0\0", 5)},
        {Kind::floating, std::string("\xcb\0\0\0\0\0\0\0\0", 9)},
    };
    for (const auto length : lengths) {
        all.emplace_back(Kind::text, packed_value(std::string(length, 't')));
        all.emplace_back(Kind::binary, packed_binary(length));
        all.emplace_back(Kind::array, packed_value(std::vector<int>(length, 1)));
        all.emplace_back(Kind::map, packed([&](Peer& peer) {
                             peer.pack_map(static_cast<std::uint32_t>(length));
                             for (std::size_t i = 0; i < length; ++i) peer.pack(i).pack(true);
                         }));
    }
    for (const auto length : {1, 2, 4, 8, 16, 0, 3, 255, 256, 65535, 65536})
        all.emplace_back(Kind::extension, packed_ext(static_cast<std::size_t>(length), 5));
    return all;
}

} // namespace

TEST_CASE("every format of MessagePack is recognised and stepped over") {
    for (const auto& [kind, bytes] : every_format()) {
        CAPTURE(to_string(kind), bytes.size());
        const auto with_more = bytes + "\x07";
        Cursor in(with_more);
        REQUIRE(in.kind() == kind);
        REQUIRE(in.skip_raw() == bytes);
        REQUIRE(in.rest() == "\x07");
    }
}

TEST_CASE("every truncation of every format is an error") {
    for (const auto& format : every_format()) {
        const auto kind = format.first;
        const auto& bytes = format.second;
        CAPTURE(to_string(kind), bytes.size());
        // Of the long ones the header, some places within, and the very end.
        for (std::size_t size = 0; size < bytes.size(); size += size < 40 || size + 40 > bytes.size() ? 1 : 997)
            REQUIRE(error_of([&] { Cursor(std::string_view(bytes).substr(0, size)).skip(); }) == "truncated");
    }
}

TEST_CASE("integers of every width and format are read") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto number = random() >> (random() % 64);
        REQUIRE(Cursor(packed_value(number)).unsigned_integer() == number);
        const auto negative = static_cast<std::int64_t>(random()) >> (random() % 64);
        REQUIRE(Cursor(packed_value(negative)).integer() == negative);
    }
    for (const std::int64_t number : {INT64_MIN, INT64_MAX, std::int64_t{-33}, std::int64_t{-32}, std::int64_t{128}})
        CHECK(Cursor(packed_value(number)).integer() == number);
}

TEST_CASE("an integer in a wider format than it needs is read") {
    CHECK(Cursor(packed([](Peer& peer) { peer.pack_fix_uint64(1); })).integer() == 1);
    CHECK(Cursor(packed([](Peer& peer) { peer.pack_fix_int64(1); })).unsigned_integer() == 1);
    CHECK(Cursor(packed([](Peer& peer) { peer.pack_fix_int32(-1); })).integer() == -1);
    CHECK(Cursor(packed([](Peer& peer) { peer.pack_fix_int8(-128); })).integer() == -128);
}

TEST_CASE("an integer that does not fit is an error") {
    CHECK(error_of([] { Cursor(packed_value(std::uint64_t{INT64_MAX} + 1)).integer(); }) == "the integer is too large");
    CHECK(error_of([] { Cursor(packed_value(-1)).unsigned_integer(); }) ==
          "expected an unsigned integer, found a negative one");
    CHECK(error_of([] { Cursor(packed_value(INT64_MIN)).unsigned_integer(); }) ==
          "expected an unsigned integer, found a negative one");
}

TEST_CASE("texts and binaries of every length are read in place") {
    for (const auto length : lengths) {
        const auto text = packed_value(std::string(length, 't'));
        REQUIRE(Cursor(text).text() == std::string(length, 't'));
        REQUIRE(Cursor(text).text().data() == text.data() + text.size() - length);
        REQUIRE(Cursor(packed_binary(length)).binary() == std::string(length, 'b'));
    }
}

TEST_CASE("arrays and maps of every length are entered") {
    for (const auto length : lengths) {
        const auto array = packed_value(std::vector<int>(length, 1));
        REQUIRE(Cursor(array).array() == length);
        std::map<std::size_t, int> entries;
        for (std::size_t i = 0; i < length; ++i) entries[i] = 1;
        const auto map = packed_value(entries);
        REQUIRE(Cursor(map).map() == length);
    }
}

TEST_CASE("nil is stepped over only where it is") {
    Cursor in("\xc0\xc3");
    CHECK(in.take_nil());
    CHECK_FALSE(in.take_nil());
    CHECK(in.boolean());
    CHECK(in.at_end());
    CHECK(error_of([&] { in.take_nil(); }) == "truncated");
}

TEST_CASE("a value of another type is an error that says what was expected and found") {
    CHECK(error_of([] { Cursor("\xc0").boolean(); }) == "expected a boolean, found nil");
    CHECK(error_of([] { Cursor("\xc3").integer(); }) == "expected an integer, found a boolean");
    CHECK(Cursor("\xa2"
                 "42")
              .unsigned_integer() == 42);
    CHECK(error_of([] { Cursor("\xa1x").unsigned_integer(); }) == "expected an unsigned integer, found text");
    CHECK(error_of([] { Cursor("\x01").text(); }) == "expected text, found an integer");
    CHECK(error_of([] { Cursor("\x80").array(); }) == "expected an array, found a map");
    CHECK(error_of([] { Cursor("\x90").map(); }) == "expected a map, found an array");
    CHECK(error_of([] { Cursor("\xca").binary(); }) == "expected binary, found a floating-point number");
    CHECK(error_of([] { Cursor("\xc4").market_id(); }) ==
          "expected a market id (an unsigned integer or text), found binary");
    CHECK(error_of([] { Cursor("\x01").number_text(); }) == "expected a number, found an integer");
    CHECK(error_of([] { Cursor(packed_ext(1, 5)).number_text(); }) == "expected a number, found an extension");
}

TEST_CASE("an announced size beyond the bytes that are there is never believed") {
    const std::vector<std::string> announced{
        std::string("\xdd\xff\xff\xff\xff\x01", 6), std::string("\xdf\xff\xff\xff\xff\x01", 6),
        std::string("\xdc\xff\xff\x01", 4),         std::string("\xde\xff\xff\x01", 4),
        std::string("\xdb\xff\xff\xff\xff\x01", 6), std::string("\xc6\xff\xff\xff\xff\x01", 6),
        std::string("\xc9\xff\xff\xff\xff\x01", 6), std::string("\x92\x01", 2),
        std::string("\x82\x01\x01\x01", 4)};
    for (const auto& bytes : announced) CHECK(error_of([&] { Cursor(bytes).skip(); }) == "truncated");
    CHECK(error_of([&] { Cursor(announced[0]).array(); }) == "truncated");
    CHECK(error_of([&] { Cursor(announced[1]).map(); }) == "truncated");
}

TEST_CASE("nesting is limited") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '\x91') + "\x01"; };
    CHECK(error_of([&] { Cursor(nested(32)).skip(); }) == "none");
    CHECK(error_of([&] { Cursor(nested(33)).skip(); }) == "nested too deeply");
    CHECK(error_of([&] { Cursor(nested(1'000'000)).skip(); }) == "nested too deeply");
    CHECK(error_of([&] { Cursor(std::string(1000, '\x81')).skip(); }) == "nested too deeply");
}

TEST_CASE("the byte that MessagePack never uses is an error") {
    CHECK(error_of([] { Cursor("\xc1").skip(); }) == "not MessagePack (byte 0xc1)");
    CHECK(error_of([] { Cursor("\xc1").text(); }) == "not MessagePack (byte 0xc1)");
    CHECK(error_of([] { Cursor("\x91\xc1").skip(); }) == "not MessagePack (byte 0xc1)");
}

TEST_CASE("nothing is read from nothing") {
    CHECK(Cursor("").at_end());
    CHECK(error_of([] { Cursor(std::string_view()).kind(); }) == "truncated");
    CHECK(error_of([] { Cursor("").skip(); }) == "truncated");
}

TEST_CASE("an amount is the same wherever it stands in a message, however many digits it has") {
    const auto value_of = [](const std::string& bytes, bool in_front) -> std::optional<Decimal> {
        try {
            Cursor in(bytes);
            if (!in_front) in.skip();
            return in.amount(18);
        } catch (const DecodeError&) {
            return std::nullopt;
        }
    };
    std::mt19937 random(1);
    for (std::size_t size = 0; size <= 40; ++size) {
        for (int round = 0; round < 200; ++round) {
            std::string text;
            while (text.size() < size) text += static_cast<char>('0' + random() % 10);
            // Every second one has a character that is no digit, or that is a minus in front.
            if (size > 0 && round % 2 == 1) text[random() % size] = static_cast<char>(random() % 4 ? random() : '-');
            std::optional<Decimal> expected;
            try {
                expected = Decimal::parse_scaled(text);
            } catch (const DecimalError&) {
            }
            CAPTURE(text);
            REQUIRE(value_of(packed_value(text), true) == expected);
            REQUIRE(value_of(packed_value(std::string(random() % 30, '9')) + packed_value(text), false) == expected);
        }
    }
}

TEST_CASE("an amount is a text, an integer of any width, or a number's text") {
    CHECK(Cursor(packed_value(std::string("-15"))).amount(1) == -1.5_d);
    CHECK(Cursor(packed_value(-15)).amount(1) == -1.5_d);
    CHECK(Cursor(packed_value(UINT64_MAX)).amount(18) == 18.446744073709551615_d);
    std::string bytes;
    wire::Packer(bytes).number_text("65000500000000000000000");
    CHECK(Cursor(bytes).amount(18) == 65000.5_d);
    CHECK(error_of([] { Cursor(packed_ext(3, 5)).amount(18); }) == "expected a number, found an extension");
    CHECK(error_of([] { Cursor(packed_value(std::string("1.5"))).amount(18); }) == "not a decimal integer");
}

namespace {

/// A random value, nested at most so deep, written by the peer.
void pack_random(Peer& peer, std::mt19937_64& random, int depth) {
    const auto length = static_cast<std::uint32_t>(random() % 40);
    const std::string text(length, 'x');
    switch (random() % (depth > 0 ? 9 : 7)) {
    case 0:
        peer.pack_nil();
        return;
    case 1:
        peer.pack(random() % 2 == 0);
        return;
    case 2:
        peer.pack(random() >> (random() % 64));
        return;
    case 3:
        peer.pack(static_cast<std::int64_t>(random()) >> (random() % 64));
        return;
    case 4:
        peer.pack(text);
        return;
    case 5:
        peer.pack_bin(length).pack_bin_body(text.data(), length);
        return;
    case 6:
        peer.pack_ext(length, 9).pack_ext_body(text.data(), length);
        return;
    case 7:
        peer.pack_array(length % 20);
        for (std::uint32_t i = 0; i < length % 20; ++i) pack_random(peer, random, depth - 1);
        return;
    default:
        peer.pack_map(length % 20);
        for (std::uint32_t i = 0; i < length % 20 * 2; ++i) pack_random(peer, random, depth - 1);
    }
}

} // namespace

TEST_CASE("random values of the peer are stepped over whole, and never when truncated") {
    std::mt19937_64 random(8);
    for (int i = 0; i < 2'000; ++i) {
        const auto bytes = packed([&](Peer& peer) { pack_random(peer, random, 3); });
        Cursor in(bytes);
        in.skip();
        REQUIRE(in.at_end());
        const auto size = random() % bytes.size();
        REQUIRE(error_of([&] { Cursor(std::string_view(bytes).substr(0, size)).skip(); }) == "truncated");
    }
}

TEST_CASE("the packer writes what the peer reads") {
    std::string bytes;
    wire::Packer packer(bytes);
    packer.map(2);
    packer.key("amount");
    packer.amount(-65000.5_d, 6);
    packer.key("list");
    packer.array(5);
    packer.nil();
    packer.boolean(true);
    packer.integer(INT64_MIN);
    packer.unsigned_integer(UINT64_MAX);
    packer.timestamp(Timestamp{-5});
    const auto object = msgpack::unpack(bytes.data(), bytes.size());
    std::ostringstream text;
    text << object.get();
    CHECK(text.str() == R"({"amount":"-65000500000","list":[null,true,-9223372036854775808,18446744073709551615,-5]})");
}

} // namespace omen::cursor_test
