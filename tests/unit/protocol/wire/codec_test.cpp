#include "protocol/wire/codec.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"

#include <algorithm>

namespace omen::codec_test {

using namespace omen::literals;
using namespace omen::test;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

/// Raw MessagePack values.
const std::string nil = "\xc0";
const std::string binary("\xc4\x01x", 3);
const std::string floating("\xcb\x3f\xf0\0\0\0\0\0\0", 9);
const std::string foreign_extension("\xd4\x05x", 3);

std::string prefix(const Specimen& message, const FieldPlace& field) {
    return message.name + ": " + field.name + ": ";
}

/// What decoding the full message without these fields ends with.
template <class Absent> std::string error_without(const Specimen& message, Absent is_absent) {
    for (const auto& field : message.fields)
        if (field.essential && is_absent(field.name)) return prefix(message, field) + "missing";
    for (const auto& rule : message.rules) {
        if (!std::all_of(rule.begin(), rule.end(), is_absent)) continue;
        std::string names;
        for (const auto& name : rule) names += (names.empty() ? "" : " or ") + name;
        return message.name + ": " + names + ": missing";
    }
    return "none";
}

/// The full message with one field's value replaced.
std::string with_value(const Specimen& message, const FieldPlace& field, const std::string& value) {
    auto parts = Parts::of(message.full);
    parts.entries[field.place].second = value;
    return parts.bytes();
}

} // namespace

TEMPLATE_LIST_TEST_CASE("every message comes back with every field, through MessagePack", "[codec]", EveryMessage) {
    const auto full = filled<TestType>();
    const auto spare = with_essentials<TestType>();
    auto message = wire::decode<TestType>(wire::encode(full));
    CHECK(difference(message, full) == "");
    wire::decode_into(wire::encode(spare), message); // over the full one, of which nothing must be left
    CHECK(difference(message, spare) == "");
}

TEMPLATE_LIST_TEST_CASE("every message comes back with every field, through JSON", "[codec]", EveryMessage) {
    const auto full = filled<TestType>();
    const auto spare = with_essentials<TestType>();
    CHECK(difference(wire::decode_json<TestType>(wire::to_json(full)), full) == "");
    CHECK(difference(wire::decode_json<TestType>(wire::to_json(spare)), spare) == "");
}

TEMPLATE_LIST_TEST_CASE("a list of every REST model comes back, through MessagePack and JSON", "[codec]", RestModels) {
    Filler filler;
    std::vector<TestType> list;
    for (int i = 0; i < 3; ++i) list.push_back(filler.make<TestType>());
    CHECK(difference(wire::decode<std::vector<TestType>>(wire::encode(list)), list) == "");
    CHECK(difference(wire::decode_json<std::vector<TestType>>(wire::to_json(list)), list) == "");
}

TEST_CASE("every truncation of a message is an error") {
    for_each_message([](const Specimen& message) {
        for (std::size_t size = 0; size < message.full.size(); ++size)
            REQUIRE_THAT(message.error(message.full.substr(0, size)), StartsWith(message.name + ": "));
    });
}

TEST_CASE("a byte behind a message is an error") {
    for_each_message([](const Specimen& message) {
        CHECK(message.error(message.full + nil) == message.name + ": bytes follow the message");
    });
}

TEST_CASE("every rule beside the fields is about fields that there are, and that are not essential by themselves") {
    for_each_message([](const Specimen& message) {
        for (const auto& rule : message.rules)
            for (const auto& name : rule) {
                const auto field = std::find_if(message.fields.begin(), message.fields.end(),
                                                [&](const auto& one) { return one.name == name; });
                INFO(name);
                REQUIRE(field != message.fields.end());
                CHECK_FALSE(field->essential);
            }
    });
}

TEST_CASE("a missing field is an error that names it, where it is essential") {
    for_each_field_of_every_message([](const Specimen& message, const FieldPlace& field) {
        auto parts = Parts::of(message.full);
        // An array ends before the missing element; in a map just the one is missing.
        const auto at = parts.entries.begin() + static_cast<std::ptrdiff_t>(field.place);
        parts.entries.erase(at, parts.map ? at + 1 : parts.entries.end());
        CHECK(message.error(parts.bytes()) == error_without(message, [&](const std::string& name) {
                  if (parts.map) return name == field.name;
                  return std::any_of(message.fields.begin(), message.fields.end(), [&](const auto& other) {
                      return other.name == name && other.place >= field.place;
                  });
              }));
    });
}

TEST_CASE("a field that is nil is as one that is missing") {
    for_each_field_of_every_message([](const Specimen& message, const FieldPlace& field) {
        CHECK(message.error(with_value(message, field, nil)) ==
              error_without(message, [&](const std::string& name) { return name == field.name; }));
    });
}

TEST_CASE("of the fields in a rule one must be there, and any one will do") {
    for_each_message([](const Specimen& message) {
        for (const auto& rule : message.rules)
            for (std::size_t kept = 0; kept <= rule.size(); ++kept) {
                const auto is_absent = [&](const std::string& name) {
                    const auto place = std::find(rule.begin(), rule.end(), name);
                    return place != rule.end() && place - rule.begin() != static_cast<std::ptrdiff_t>(kept);
                };
                auto parts = Parts::of(message.full);
                for (const auto& field : message.fields)
                    if (is_absent(field.name)) parts.entries[field.place].second = nil;
                CHECK(message.error(parts.bytes()) == error_without(message, is_absent));
                CHECK((message.error(parts.bytes()) == "none") == (kept < rule.size()));
            }
    });
}

TEST_CASE("an execution needs its order, but where it is funding or a write-off") {
    for (const auto* event : {"funding", "write_off"}) {
        const auto json = R"({"type":"execution","sequence":1,"event":")" + std::string(event) + R"("})";
        CHECK(wire::decode_json<gw::Execution>(json).event == *parse_enum<ExecutionEvent>(event));
    }
    for (const auto* event : {"filled", "busted"}) {
        const auto json = R"({"type":"execution","sequence":1,"event":")" + std::string(event) + R"("})";
        CHECK_THROWS_WITH(wire::decode_json<gw::Execution>(json), "execution: order: missing");
    }
}

TEST_CASE("a field of a wrong type is an error that names it") {
    for_each_field_of_every_message([](const Specimen& message, const FieldPlace& field) {
        for (const auto& wrong : {binary, floating, foreign_extension})
            CHECK_THAT(message.error(with_value(message, field, wrong)),
                       StartsWith(prefix(message, field) + "expected "));
    });
}

TEST_CASE("what is not essential may be absent or nil, and has no value or its default then") {
    for_each_message([](const Specimen& message) {
        auto parts = Parts::of(message.full);
        const auto kept = Parts::of(message.spare);
        for (const auto& field : message.fields) {
            const auto in_spare = std::find_if(kept.entries.begin(), kept.entries.end(),
                                               [&](const auto& entry) { return entry.first == field.name; });
            const bool absent = parts.map ? in_spare == kept.entries.end() : kept.entries[field.place].second == nil;
            if (absent) parts.entries[field.place].second = nil;
        }
        CHECK(message.reencode(parts.bytes()) == message.spare);
        if (parts.map) std::erase_if(parts.entries, [](const auto& entry) { return entry.second == nil; });
        CHECK(message.reencode(parts.bytes()) == message.spare);
    });
    const auto order = wire::decode_json<gw::Order>(
        R"({"type":"order","id":1,"client_order_id":"a","side":"sell","size":"1","post_only":null})");
    CHECK(order.order_type == OrderType::limit);
    CHECK(order.time_in_force == TimeInForce::gtc);
    CHECK_FALSE(order.post_only);
    CHECK_FALSE(order.reduce_only);
    CHECK_FALSE(order.market_id.has_value());
}

TEST_CASE("an opaque id may be an integer, and is written as it came") {
    for_each_field_of_every_message([](const Specimen& message, const FieldPlace& field) {
        if (field.holds != Holds::id) return;
        const std::string largest("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9);
        for (const auto& value : {std::string("\x07"), largest,
                                  std::string("\xa1"
                                              "7"),
                                  std::string("\xa2"
                                              "07")}) {
            const auto bytes = with_value(message, field, value);
            CHECK(message.reencode(bytes) == bytes);
        }
        CHECK(message.error(with_value(message, field, "\xff")) ==
              prefix(message, field) + "expected an unsigned integer, found a negative one");
    });
    CHECK(wire::decode_json<gw::CancelledAll>(R"({"type":"cancelled_all","id":1,"order_ids":[18446744073709551615]})")
              .order_ids->front() == OrderId{"18446744073709551615"});
}

TEST_CASE("an unsigned integer may be its digits") {
    const auto text = [](const std::string& digits) { return static_cast<char>(0xa0 + digits.size()) + digits; };
    for_each_field_of_every_message([&](const Specimen& message, const FieldPlace& field) {
        if (field.holds != Holds::number) return;
        CHECK(message.reencode(with_value(message, field, text("18446744073709551615"))) ==
              with_value(message, field, std::string("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9)));
        CHECK(message.reencode(with_value(message, field, text("7"))) == with_value(message, field, "\x07"));
        CHECK(message.error(with_value(message, field, text("18446744073709551616"))) ==
              prefix(message, field) + "the integer is too large");
        for (const auto* wrong : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "one"})
            CHECK(message.error(with_value(message, field, text(wrong))) ==
                  prefix(message, field) + "expected an unsigned integer, found text");
    });
}

TEST_CASE("a value that an enumeration of the exchange's answers does not have is kept, in commands it is an error") {
    const std::string unknown = "\xa6"
                                "busted";
    for_each_field_of_every_message([&](const Specimen& message, const FieldPlace& field) {
        const auto bytes = with_value(message, field, unknown);
        if (field.holds == Holds::any_value) CHECK(message.reencode(bytes) == bytes);
        if (field.holds == Holds::known_values)
            CHECK(message.error(bytes) == prefix(message, field) + "unknown value \"busted\"");
    });
}

TEST_CASE("a field that appears twice is an error that names it") {
    for_each_field_of_every_message([](const Specimen& message, const FieldPlace& field) {
        auto parts = Parts::of(message.full);
        if (!parts.map) return;
        parts.entries.push_back(parts.entries[field.place]);
        CHECK(message.error(parts.bytes()) == prefix(message, field) + "appears twice");
    });
}

TEST_CASE("unknown keys and extra trailing elements are ignored") {
    const std::string nested("\x92\x01\x81\xa1x\xcb\0\0\0\0\0\0\0\0", 14);
    for_each_message([&](const Specimen& message) {
        auto parts = Parts::of(message.full);
        for (const auto& extra : {nil, binary, floating, foreign_extension, nested})
            parts.entries.emplace_back("a new key", extra);
        if (parts.map) std::rotate(parts.entries.begin(), parts.entries.end() - 1, parts.entries.end());
        CHECK(message.reencode(parts.bytes()) == message.full);
    });
}

TEST_CASE("a map's keys may come in any order") {
    for_each_message([](const Specimen& message) {
        auto parts = Parts::of(message.full);
        if (parts.map) std::reverse(parts.entries.begin(), parts.entries.end());
        CHECK(message.reencode(parts.bytes()) == message.full);
    });
}

TEST_CASE("a message of another name or shape is refused") {
    for_each_message([](const Specimen& message) {
        for (const auto& wrong : {nil, binary, floating, std::string("\x07"), std::string("\xa1x")})
            CHECK_THAT(message.error(wrong), StartsWith(message.name + ": expected a"));
        if (!message.tagged) return;
        auto parts = Parts::of(message.full);
        parts.entries[0].second = "\xa7unknown";
        CHECK_THAT(message.error(parts.bytes()),
                   StartsWith(message.name + ": expected the ") && EndsWith("\"" + message.name + "\""));
    });
}

TEST_CASE("an error names the message, the path and the reason") {
    auto delta = filled<md::OrderbookDelta>();
    delta.bids.resize(5, Level{1_d, 1234567_d});
    auto bytes = wire::encode(delta);
    bytes.replace(bytes.rfind("1234567"), 1, "x");
    bytes.replace(bytes.find("1234567"), 1, ".");
    CHECK(error_of<md::OrderbookDelta>(bytes) == "orderbook_delta: bids[2].size: not a decimal integer");
}

TEST_CASE("the path of an error goes through nested records and lists") {
    CHECK_THROWS_WITH(wire::decode_json<rest::BadDebtResponse>(
                          R"({"total_bad_debt":"0","insurance_fund":"0","markets":[{"market_id":1,"bad_debt":""}]})"),
                      "BadDebtResponse: markets[0].bad_debt: not a decimal integer");
    CHECK_THROWS_WITH(wire::decode_json<gw::CancelledAll>(R"({"type":"cancelled_all","id":1,"order_ids":["a",true]})"),
                      "cancelled_all: order_ids[1]: expected text, found a boolean");
    CHECK_THROWS_WITH(wire::decode_json<std::vector<rest::HealthResponse>>(R"([{"status":"ok"},{"status":[]}])"),
                      "HealthResponse: [1].status: expected text, found an array");
    auto execution = filled<gw::Execution>();
    auto parts = Parts::of(wire::encode(execution));
    parts.entries[5].second = "\x80"; // an order without anything
    CHECK(error_of<gw::Execution>(parts.bytes()) == "execution: order.size: missing");
}

TEST_CASE("a rule that is broken in a nested record is told with its path") {
    CHECK_THROWS_WITH(wire::decode_json<gw::Orders>(
                          R"({"type":"orders","orders":[{"order_id":1,"status":"?","size":1,"filled_size":0},)"
                          R"({"status":"?","size":1,"filled_size":0}]})"),
                      "orders: orders[1].order_id or client_order_id: missing");
}

namespace {

/// A price as JSON has it, decoded from a spot_price event.
std::string price_of(const std::string& json) {
    try {
        return wire::decode_json<md::SpotPrice>("[\"spot_price\",1,2," + json + "]").price.text();
    } catch (const DecodeError& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("a scaled amount may be text or an integer, however large, and is read exactly") {
    CHECK(price_of(R"("65000500000000000000000")") == "65000.5");
    CHECK(price_of("65000500000000000000000") == "65000.5");
    CHECK(price_of("-65000500000000000000001") == "-65000.500000000000000001");
    CHECK(price_of("18446744073709551615") == "18.446744073709551615");
    CHECK(price_of("18446744073709551616") == "18.446744073709551616");
    CHECK(price_of("9223372036854775807") == "9.223372036854775807");
    CHECK(price_of("-9223372036854775808") == "-9.223372036854775808");
    CHECK(price_of("0") == "0");
    CHECK(price_of(R"("-1")") == "-0.000000000000000001");
}

TEST_CASE("a point, an exponent or anything else in a scaled amount is refused, never guessed at") {
    for (const auto* wrong : {R"("1.0")", "1.0", "1.5", R"("1e18")", "1e18", "1E3", R"("")", R"("-")", R"("+1")",
                              R"(" 1")", R"("0x1")", "-0.0"})
        CHECK(price_of(wrong) == "spot_price: price: not a decimal integer");
    CHECK(price_of("null") == "spot_price: price: missing");
    for (const auto* wrong : {"true", "[]", "{}"})
        CHECK_THAT(price_of(wrong), StartsWith("spot_price: price: expected an amount (a decimal integer), found "));
    CHECK_THAT(price_of("170141183460469231731687303715884105728"), StartsWith("spot_price: price: out of range"));
    CHECK_THAT(price_of(R"("170141183460469231731687303715884105728")"), StartsWith("spot_price: price: out of range"));
}

TEST_CASE("a market id keeps its kind: an integer or a text") {
    const auto id_of = [](const std::string& json) {
        return wire::decode_json<rest::MarketBadDebt>("{\"market_id\":" + json + R"(,"bad_debt":"0"})")
            .market_id.value();
    };
    CHECK(id_of("7") == MarketId(7));
    CHECK(id_of("18446744073709551615") == MarketId(UINT64_MAX));
    CHECK(id_of(R"("7")") == MarketId(std::string("7")));
    CHECK_THROWS_WITH(id_of("-7"), "MarketBadDebt: market_id: expected an unsigned integer, found a negative one");
    CHECK_THROWS_WITH(id_of("1.5"), StartsWith("MarketBadDebt: market_id: expected a market id"));
}

namespace {

/// A message whose amount has another scale than 18 decimals.
struct Scaled {
    Decimal amount;

    static constexpr auto declaration() { return wire::record("Scaled", wire::field("amount", &Scaled::amount, 6)); }
};

} // namespace

TEST_CASE("a field's scale is what its declaration says") {
    CHECK(wire::to_json(Scaled{65000.5_d}) == R"({"amount":"65000500000"})");
    CHECK(wire::decode_json<Scaled>(R"({"amount":"65000500000"})").amount == 65000.5_d);
    CHECK(wire::decode_json<Scaled>(R"({"amount":1})").amount == 0.000001_d);
    CHECK_THROWS_AS(wire::to_json(Scaled{0.0000001_d}), DecimalError);
}

TEST_CASE("an announced count of elements takes no memory before the elements are there") {
    // 1,000,000 orders are announced, and as many bytes follow, none of which is an order.
    std::string bytes("\x83\xa4type\xa6orders\xa6wallet\xa1w\xa6orders\xdd\x00\x0f\x42\x40", 34);
    bytes.append(1'000'000, '\0');
    gw::Orders orders;
    CHECK_THROWS_WITH(wire::decode_into(bytes, orders), "orders: orders[0]: expected a map, found an integer");
    CHECK(orders.orders.capacity() < 1000);
}

TEST_CASE("the memory of a list is used again by the next message") {
    md::OrderbookDelta delta;
    wire::decode_into(wire::encode(filled<md::OrderbookDelta>()), delta);
    const auto* memory = delta.bids.data();
    wire::decode_into(wire::encode(filled<md::OrderbookDelta>()), delta);
    CHECK(delta.bids.data() == memory);
}

TEST_CASE("a map's key that is no text is stepped over with its value, wherever it stands") {
    const std::string type("\xa4type\xa4pong"), id("\xa2id\x07"), timestamp("\xa9timestamp\x01");
    const auto key = GENERATE(as<std::string>(), "\x01", "\xc0", "\xc3", std::string("\xcb\0\0\0\0\0\0\0\0", 9),
                              "\xc4\x02id", "\x92\x01\x02", "\x81\xa2id\x05", "\xd4\x01x", "\xa0");
    const auto other = key + "\x81\xa2id\x09";
    for (const auto& entries :
         {other + type + id + timestamp, type + other + id + timestamp, type + id + timestamp + other}) {
        const auto bytes = "\x84" + entries;
        CHECK(wire::tag_of(bytes) == "pong");
        CHECK(gw::message_id(bytes) == 7);
        CHECK(wire::decode<gw::Pong>(bytes).id == 7);
    }
    CHECK_THROWS_WITH(wire::decode<gw::Pong>("\x84" + type + id + timestamp + "\x92\x01"),
                      Catch::Contains("truncated"));
}

} // namespace omen::codec_test
