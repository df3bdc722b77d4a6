#include "protocol/wire/json.hpp"
#include "support/catch.hpp"

#include <msgpack.hpp>
#include <nlohmann/json.hpp>

#include <random>

namespace omen::json_test {

using namespace omen::literals;
using wire::JsonStyle;
using wire::JsonWriter;

namespace {

/// Something of everything that the writer writes.
std::string sample(JsonStyle style) {
    std::string out;
    JsonWriter writer(out, style);
    writer.map();
    writer.key("name");
    writer.text("a: [b, {c");
    writer.key("list");
    writer.array();
    writer.nil();
    writer.boolean(true);
    writer.integer(-1);
    writer.unsigned_integer(UINT64_MAX);
    writer.array();
    writer.text("");
    writer.text("[");
    writer.end_array();
    writer.end_array();
    writer.key("empty ");
    writer.map();
    writer.end_map();
    writer.key("none:");
    writer.array();
    writer.end_array();
    writer.key("price");
    writer.amount(65000.5_d, 18);
    writer.key("at");
    writer.timestamp(Timestamp{5});
    writer.end_map();
    return out;
}

std::string text_of(std::string_view text) {
    std::string out;
    wire::append_json_text(out, text);
    return out;
}

std::string shown(std::string_view msgpack) {
    std::string out;
    wire::append_msgpack_as_json(out, msgpack);
    return out;
}

template <class F> std::string packed(F&& pack) {
    msgpack::sbuffer buffer;
    msgpack::packer<msgpack::sbuffer> peer(buffer);
    pack(peer);
    return {buffer.data(), buffer.size()};
}

/// DEL as we escape it, which nlohmann leaves as it is.
std::string seen(std::string json) {
    for (auto at = json.find('\x7f'); at != std::string::npos; at = json.find('\x7f')) json.replace(at, 1, "\\u007f");
    return json;
}

} // namespace

TEST_CASE("what a terminal would obey is escaped in JSON, and read back as it was; what is no UTF-8 is replaced") {
    const std::string text = "\x1b[2J\x7f\u009b\u202e\u2066\ufeff\U000e0041 caf\u00e9";
    std::string json;
    wire::append_json_text(json, text);
    CHECK(json == R"("\u001b[2J\u007f\u009b\u202e\u2066\ufeff\udb40\udc41 caf)"
                  "\u00e9\"");
    CHECK(nlohmann::json::parse(json) == text);
    std::string replaced;
    wire::append_json_text(replaced, "a\xff\x9b");
    CHECK(replaced == "\"a\ufffd\ufffd\"");
}

TEST_CASE("compact JSON is on one line with no blanks") {
    CHECK(sample({}) == R"({"name":"a: [b, {c","list":[null,true,-1,18446744073709551615,["","["]],)"
                        R"("empty ":{},"none:":[],"price":"65000.5","at":5})");
}

TEST_CASE("a key that is no text is shown as one; a map or array as a key is refused, however deep") {
    CHECK(shown("\x81\x07\xc0") == R"({"7":null})");
    for (const auto* key : {"\x80", "\x90"}) CHECK_THROWS_AS(shown("\x81" + std::string(key) + "\xc0"), DecodeError);
    CHECK_THROWS_AS(shown(std::string(40, '\x81') + std::string(41, '\xc0')), DecodeError);
}

TEST_CASE("indented JSON has two blanks a level, and empty containers closed up") {
    CHECK(sample({.scaled = true, .indented = true}) == R"({
  "name": "a: [b, {c",
  "list": [
    null,
    true,
    -1,
    18446744073709551615,
    [
      "",
      "["
    ]
  ],
  "empty ": {},
  "none:": [],
  "price": "65000500000000000000000",
  "at": 5
})");
}

TEST_CASE("JSON is written at the end of whatever the buffer holds") {
    std::string out = "data: [";
    JsonWriter writer(out);
    writer.array();
    writer.integer(1);
    writer.end_array();
    CHECK(out == "data: [[1]");
}

TEST_CASE("a value is in the buffer when it ends, whatever its length") {
    const auto long_text = std::string(5000, 'x');
    for (std::size_t count : {0U, 1U, 50U, 500U}) {
        nlohmann::ordered_json expected = nlohmann::ordered_json::array();
        std::string out;
        JsonWriter writer(out);
        writer.array();
        for (std::size_t i = 0; i < count; ++i) {
            writer.map();
            writer.key("price");
            writer.amount(Decimal::whole(i), 18);
            writer.foreign_key("a \"key\"");
            writer.text(i % 20 == 0 ? long_text : "short");
            writer.key("number");
            writer.unsigned_integer(i);
            writer.end_map();
            expected.push_back(
                {{"price", std::to_string(i)}, {"a \"key\"", i % 20 == 0 ? long_text : "short"}, {"number", i}});
        }
        writer.end_array();
        CHECK(out == expected.dump());
    }
}

TEST_CASE("an amount is scaled on the wire and a decimal for people, in a string either way") {
    std::string out;
    JsonWriter(out, {.scaled = true}).amount(-0.5_d, 6);
    JsonWriter(out).amount(-0.5_d, 6);
    CHECK(out == R"("-500000""-0.5")");
}

TEST_CASE("texts are escaped as JSON wants it") {
    CHECK(text_of("plain") == R"("plain")");
    CHECK(text_of("") == R"("")");
    CHECK(text_of("\"\\/") == R"("\"\\/")");
    CHECK(text_of("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(text_of(std::string_view("\0\x1f\x1b", 3)) == R"("\u0000\u001f\u001b")");
    CHECK(text_of("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") == "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

TEST_CASE("a text is escaped by the same rule whatever its length, and wherever the character stands") {
    for (int byte = 0; byte < 0x80; ++byte) {
        const auto alone = text_of(std::string(1, static_cast<char>(byte)));
        for (std::size_t place = 0; place < 20; ++place) {
            std::string text(20, 'a');
            text[place] = static_cast<char>(byte);
            const auto escaped = alone.substr(1, alone.size() - 2);
            REQUIRE(text_of(text) == '"' + std::string(place, 'a') + escaped + std::string(19 - place, 'a') + '"');
        }
    }
}

TEST_CASE("texts longer than the window go between the others unchanged") {
    for (const std::size_t size : {63, 64, 890, 895, 896, 897, 1023, 1024, 1025, 5000}) {
        const std::string text(size, 'x');
        std::string out;
        JsonWriter writer(out);
        writer.array();
        for (const auto& one : {std::string("a"), text, text + "\n", std::string("b")}) writer.text(one);
        writer.end_array();
        REQUIRE(nlohmann::json::parse(out) == nlohmann::json({"a", text, text + "\n", "b"}));
    }
}

TEST_CASE("invalid UTF-8 is replaced, never passed on") {
    const auto* replacement = "\xef\xbf\xbd";
    CHECK(text_of("a\xff") == std::string("\"a") + replacement + "\"");
    CHECK(text_of("\xc3") == std::string("\"") + replacement + "\"");
    CHECK(text_of("\xed\xa0\x80").find('\xed') == std::string::npos);
    CHECK(text_of("\xc0\xaf").find('\xc0') == std::string::npos);
}

TEST_CASE("JSON goes to MessagePack and back unchanged, large and fractional numbers included") {
    for (const auto* json : {"null",
                             "true",
                             "false",
                             "0",
                             "-1",
                             "18446744073709551615",
                             "-9223372036854775808",
                             "18446744073709551616",
                             "65000500000000000000000",
                             "-9223372036854775809",
                             "1.50",
                             "1e5",
                             "-0.0",
                             "123456789.123456789123456789",
                             R"("")",
                             R"("text")",
                             R"("\"\n\u0000")",
                             "[]",
                             "{}",
                             R"([1,[2,[]],{"a":{"b":[null]}}])",
                             R"({"b":1,"a":2,"b":3})",
                             R"([1.5,2.5,{"c":1.5,"d":[65000500000000000000000,1]}])"}) {
        CAPTURE(json);
        CHECK(shown(wire::json_to_msgpack(json)) == json);
    }
}

TEST_CASE("blanks in JSON are not data") {
    CHECK(shown(wire::json_to_msgpack(" { \"a\" :\t[ 1 ,\r\n2 ] } \n")) == R"({"a":[1,2]})");
}

TEST_CASE("what is no JSON is an error that says where") {
    const auto [json, byte] = GENERATE(table<const char*, const char*>({
        {"", "1"},        {"  ", "3"},   {"{", "2"},    {"[1,]", "4"}, {"{\"a\" 1}", "6"},
        {"{1:2}", "2"},   {"nul", "4"},  {"01", "2"},   {"+1", "1"},   {".5", "1"},
        {"1 2", "3"},     {"[1]]", "4"}, {"'a'", "1"},  {"\"a", "3"},  {"\"\xff\"", "2"},
        {"\"\\x\"", "3"}, {"NaN", "1"},  {"// 1", "1"}, {"fals", "5"},
    }));
    CAPTURE(json);
    CHECK_THROWS_WITH(wire::json_to_msgpack(json), std::string("not JSON: syntax error at byte ") + byte);
    CHECK_THROWS_WITH(wire::json_to_msgpack("[1,-2.5E+999]"), "the number -2.5E+999 is out of range");
}

TEST_CASE("JSON that is nested too deeply is an error") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(shown(wire::json_to_msgpack(nested(32))) == nested(32));
    CHECK_THROWS_AS(wire::json_to_msgpack(nested(33)), DecodeError);
    CHECK_THROWS_AS(wire::json_to_msgpack(std::string(1'000'000, '[')), DecodeError);
    CHECK_THROWS_WITH(shown(std::string(100, '\x91') + "\x01"), "nested too deeply");
}

TEST_CASE("MessagePack that JSON has no word for is shown as text") {
    CHECK(shown(std::string("\xc4\x02\xfb\xff", 4)) == R"("-_8")");
    CHECK(shown(std::string("\xca\x3f\x80\0\0", 5)) == R"("yj-AAAA")");
    CHECK(shown(std::string("\xd4\x05x", 3)) == R"("1AV4")");
    CHECK(shown("\x82\x01\x02\xc3\xa1x") == R"({"1":2,"true":"x"})");
    CHECK(shown("\x81\xc0\x92\x01\xa1\xff") == "{\"null\":[1,\"\xef\xbf\xbd\"]}");
}

TEST_CASE("an extension from the wire can't put anything into JSON but a number") {
    for (const auto* body : {"]", "1,2", "x", "1 ", " 1", "true", "\"a\"", "[1]", "01", "1\n", "NaN", "-", "\x1b[2J"}) {
        const auto size = std::string_view(body).size();
        const auto bytes = packed([&](auto& peer) {
            peer.pack_array(2).pack_ext(size, wire::number_text_extension);
            peer.pack_ext_body(body, static_cast<std::uint32_t>(size)).pack(1);
        });
        CAPTURE(body, shown(bytes));
        const auto json = nlohmann::json::parse(shown(bytes), nullptr, false);
        REQUIRE(json.is_array());
        REQUIRE(json.size() == 2);
        CHECK(json[0].is_string());
    }
}

TEST_CASE("malformed MessagePack is not shown") {
    CHECK_THROWS_WITH(shown(""), "truncated");
    CHECK_THROWS_WITH(shown("\x92\x01"), "truncated");
    CHECK_THROWS_WITH(shown("\x01\x02"), "bytes follow the message");
    CHECK_THROWS_WITH(shown("\xc1"), "not MessagePack (byte 0xc1)");
}

namespace {

nlohmann::ordered_json random_json(std::mt19937_64& random, int depth) {
    switch (random() % (depth > 0 ? 7 : 5)) {
    case 0:
        return nullptr;
    case 1:
        return random() % 2 == 0;
    case 2:
        return random() >> (random() % 64);
    case 3:
        return static_cast<std::int64_t>(random()) >> (random() % 64);
    case 4: {
        std::string text(random() % 40, '\0');
        for (auto& c : text) c = static_cast<char>(random() % 128);
        return text;
    }
    case 5: {
        auto array = nlohmann::ordered_json::array();
        for (auto left = random() % 20; left > 0; --left) array.push_back(random_json(random, depth - 1));
        return array;
    }
    default: {
        auto object = nlohmann::ordered_json::object();
        for (auto left = random() % 20; left > 0; --left)
            object["key \"" + std::to_string(random() % 1000)] = random_json(random, depth - 1);
        return object;
    }
    }
}

} // namespace

TEST_CASE("random JSON becomes what an independent reader of MessagePack sees, and comes back as it was") {
    std::mt19937_64 random(11);
    for (int i = 0; i < 1'000; ++i) {
        const auto json = random_json(random, 4);
        const auto bytes = wire::json_to_msgpack(json.dump());
        REQUIRE(nlohmann::ordered_json::from_msgpack(bytes) == json);
        REQUIRE(shown(bytes) == seen(json.dump()));
        const auto theirs = nlohmann::ordered_json::to_msgpack(json);
        REQUIRE(shown({reinterpret_cast<const char*>(theirs.data()), theirs.size()}) == seen(json.dump()));
    }
}

} // namespace omen::json_test
