#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"

#include <random>

namespace omen::decode_any_test {

using namespace omen::test;

namespace {

template <class Variant> std::string any_error_of(std::string_view bytes) {
    try {
        wire::decode_any<Variant>(bytes);
        return "none";
    } catch (const DecodeError& error) {
        return error.what();
    }
}

/// Every message of a variant, filled and encoded.
template <class Variant> struct Samples;
template <class... Ts> struct Samples<std::variant<Ts...>> {
    static std::vector<std::string> all() {
        std::vector<std::string> bytes;
        (add<Ts>(bytes), ...);
        return bytes;
    }

  private:
    template <class T> static void add(std::vector<std::string>& bytes) {
        if constexpr (!std::is_same_v<T, wire::Unknown>) bytes.push_back(wire::encode(filled<T>()));
    }
};

/// Decodes bytes that may be anything; what can be decoded must come back the same when it is sent again.
template <class Variant> void survive(std::string_view bytes) {
    Variant message;
    try {
        message = wire::decode_any<Variant>(bytes);
    } catch (const DecodeError&) {
        return;
    }
    std::visit(
        [](const auto& value) {
            using T = std::decay_t<decltype(value)>;
            if constexpr (!std::is_same_v<T, wire::Unknown>)
                REQUIRE(difference(wire::decode<T>(wire::encode(value)), value) == "");
        },
        message);
}

void survive_all(std::string_view bytes) {
    survive<gw::Command>(bytes);
    survive<gw::ServerMessage>(bytes);
    survive<md::Command>(bytes);
    survive<md::Event>(bytes);
    std::string json;
    try {
        wire::append_msgpack_as_json(json, bytes);
    } catch (const DecodeError&) {
        return;
    }
    wire::json_to_msgpack(json);
}

/// Some bytes overwritten, removed or doubled, or the end cut off.
std::string mutated(std::string bytes, std::mt19937_64& random) {
    for (auto changes = 1 + random() % 3; changes > 0 && !bytes.empty(); --changes) {
        const auto at = random() % bytes.size();
        switch (random() % 4) {
        case 0:
            bytes[at] = static_cast<char>(random());
            break;
        case 1:
            bytes.erase(at, 1 + random() % 3);
            break;
        case 2:
            bytes.insert(at, bytes, at, 1 + random() % 8);
            break;
        default:
            bytes.resize(at);
        }
    }
    return bytes;
}

} // namespace

TEMPLATE_TEST_CASE("whichever message comes is decoded as what it is", "[codec]", gw::Command, gw::ServerMessage,
                   md::Command, md::Event) {
    const auto samples = Samples<TestType>::all();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto message = wire::decode_any<TestType>(samples[i]);
        REQUIRE(message.index() == i);
        REQUIRE(std::visit(
                    [](const auto& value) {
                        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, wire::Unknown>)
                            return value.bytes;
                        else
                            return wire::encode(value);
                    },
                    message) == samples[i]);
    }
}

TEMPLATE_TEST_CASE("a message is decoded into what the last one left, and nothing of that stays", "[codec]",
                   gw::Command, gw::ServerMessage, md::Event) {
    TestType last;
    for (int round = 0; round < 2; ++round)
        for (const auto& bytes : Samples<TestType>::all()) {
            for (int again = 0; again < 2; ++again) {
                wire::decode_any_into(bytes, last);
                std::visit(
                    [&](const auto& message) {
                        if constexpr (wire::Declared<std::decay_t<decltype(message)>>)
                            CHECK(wire::encode(message) == bytes);
                    },
                    last);
            }
        }
}

TEMPLATE_TEST_CASE("a message of a type that is not known is kept whole", "[codec]", gw::Command, gw::ServerMessage,
                   md::Command, md::Event) {
    for (const auto* json : {R"({"id":1,"deep":[{}],"type":"of tomorrow"})", R"(["of tomorrow",1,[2]])"}) {
        const auto bytes = wire::json_to_msgpack(json);
        const auto message = wire::decode_any<TestType>(bytes);
        REQUIRE(std::holds_alternative<wire::Unknown>(message));
        CHECK(std::get<wire::Unknown>(message).type == "of tomorrow");
        CHECK(std::get<wire::Unknown>(message).bytes == bytes);
    }
}

TEST_CASE("what has no type is an error") {
    const auto error = [](const char* json) { return any_error_of<md::Event>(wire::json_to_msgpack(json)); };
    CHECK(error("{}") == "message: type: missing");
    CHECK(error(R"({"id":1})") == "message: type: missing");
    CHECK(error("[]") == "message: the event's name is missing");
    CHECK(error("[1]") == "message: expected text, found an integer");
    CHECK(error("7") == "message: expected a map or an array, found an integer");
    CHECK(error("\"trade\"") == "message: expected a map or an array, found text");
    CHECK(any_error_of<md::Event>("") == "message: truncated");
    CHECK(any_error_of<md::Event>("\xc1") == "message: not MessagePack (byte 0xc1)");
}

TEST_CASE("a known message that is malformed is an error, never an unknown one") {
    CHECK(any_error_of<md::Event>(wire::json_to_msgpack(R"(["trade",1,"t",2,"1"])")) == "trade: size: missing");
    CHECK(any_error_of<gw::ServerMessage>(wire::json_to_msgpack(R"({"type":"pong","timestamp":1})")) ==
          "pong: id: missing");
    CHECK(any_error_of<gw::Command>(wire::json_to_msgpack(R"(["ping"])")) == "ping: expected a map, found an array");
}

TEST_CASE("two types in one message are an error") {
    CHECK(any_error_of<gw::Command>(wire::json_to_msgpack(R"({"type":"cancel_all","id":1,"type":"ping"})")) != "none");
}

TEST_CASE("random bytes are an error or a message, never a crash") {
    std::mt19937_64 random(9);
    for (int i = 0; i < 10'000; ++i) {
        std::string bytes(random() % 64, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        survive_all(bytes);
    }
}

TEMPLATE_TEST_CASE("a damaged message is an error or a message, never a crash", "[codec]", gw::Command,
                   gw::ServerMessage, md::Command, md::Event) {
    std::mt19937_64 random(10);
    const auto samples = Samples<TestType>::all();
    for (int i = 0; i < 5'000; ++i) survive_all(mutated(samples[random() % samples.size()], random));
}

} // namespace omen::decode_any_test
