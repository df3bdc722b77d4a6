#pragma once

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/codec.hpp"
#include "support/catch.hpp"

#include <string>
#include <tuple>
#include <variant>
#include <vector>

/// What tests over all messages share: the list of them, a way to fill each one, and to compare two.
namespace omen::test {

template <class Variant> struct KnownOf;
template <class... Ts> struct KnownOf<std::variant<Ts...>> {
    using type = decltype(std::tuple_cat(
        std::declval<std::conditional_t<std::is_same_v<Ts, wire::Unknown>, std::tuple<>, std::tuple<Ts>>>()...));
};

/// The alternatives of a variant of messages, Unknown left out, as a list of types. So a message that joins a variant
/// joins these tests.
template <class Variant> using Known = typename KnownOf<Variant>::type;

using RestModels = std::tuple<rest::HealthResponse, rest::ReadinessMarketCheck, rest::ReadinessResponse,
                              rest::MarketResponse, rest::TradeResponse, rest::CandleResponse, rest::TickerResponse,
                              rest::OrderbookSnapshotResponse, rest::WalletResponse, rest::WalletLinkRequest,
                              rest::MarketBadDebt, rest::BadDebtResponse, rest::PositionResponse, rest::ErrorResponse>;

template <class... Lists> using Joined = decltype(std::tuple_cat(std::declval<Lists>()...));

/// Every struct that has a wire form.
using EveryMessage = Joined<Known<gw::Command>, Known<gw::ServerMessage>, Known<md::Command>, Known<md::Event>,
                            RestModels, std::tuple<gw::OrderState, md::PastTrade, Level>>;

/// Sets every declared field to a value that is not its default, and that no other field of its type has (as far as its
/// type has that many).
class Filler {
  public:
    template <wire::Declared T> T make() {
        T value;
        fill(value);
        return value;
    }

  private:
    void fill(bool& value) { value = true; }
    void fill(std::uint64_t& value) { value = next() << 33; }
    void fill(std::string& value) { value = "text " + std::to_string(next()); }
    template <class Tag> void fill(Id<Tag>& value) {
        value.is_integer = next() % 3 == 0;
        value.value = (value.is_integer ? "" : "id-") + std::to_string(next());
    }
    void fill(MarketId& value) { value = next() % 2 == 0 ? MarketId(next()) : MarketId("M-" + std::to_string(next())); }
    void fill(Timestamp& value) { value.ms = 1'700'000'000'000 + static_cast<std::int64_t>(next()); }
    void fill(Decimal& value) {
        const auto n = static_cast<std::int64_t>(next());
        value = Decimal::whole(n % 2 == 0 ? 65000 * n : -65000 * n) + Decimal::from_units(n);
    }
    template <Enumeration E> void fill(E& value) { value = static_cast<E>(1 + next() % (enum_names<E>.size() - 1)); }
    template <Enumeration E> void fill(Open<E>& value) {
        E known{};
        fill(known);
        value = next() % 2 == 0 ? Open<E>(known) : Open<E>::of_name("value " + std::to_string(next()));
    }
    template <class T> void fill(std::optional<T>& value) { fill(value.emplace()); }
    template <class T> void fill(std::vector<T>& values) {
        values.resize(2);
        for (auto& value : values) fill(value);
    }
    template <wire::Declared T> void fill(T& value) {
        wire::for_each_field<T>([&](const auto& field) { fill(value.*field.member); });
    }
    std::uint64_t next() { return ++last_; }

    std::uint64_t last_ = 0;
};

template <class T> T filled() {
    return Filler().make<T>();
}

template <wire::Declared T> std::string difference(const T& left, const T& right);
template <class T> std::string difference(const std::optional<T>& left, const std::optional<T>& right);
template <class T> std::string difference(const std::vector<T>& left, const std::vector<T>& right);

template <class T> std::string difference(const T& left, const T& right) {
    return left == right ? "" : " differs";
}
template <class T> std::string difference(const std::optional<T>& left, const std::optional<T>& right) {
    if (left.has_value() != right.has_value()) return " is absent from one";
    return left ? difference(*left, *right) : "";
}
template <class T> std::string difference(const std::vector<T>& left, const std::vector<T>& right) {
    std::string found = left.size() == right.size() ? "" : " has another size";
    for (std::size_t i = 0; found.empty() && i < left.size(); ++i) found = difference(left[i], right[i]);
    return found;
}

/// The first field in which two structs differ, like ".order.price differs"; empty when they are the same.
template <wire::Declared T> std::string difference(const T& left, const T& right) {
    std::string found;
    wire::for_each_field<T>([&](const auto& field) {
        if (!found.empty()) return;
        const auto inner = difference(left.*field.member, right.*field.member);
        if (!inner.empty()) found = "." + std::string(field.name) + inner;
    });
    return found;
}

/// Only with what is essential, all of it.
template <class T> T with_essentials() {
    auto value = filled<T>();
    wire::for_each_field<T>([&](const auto& field) {
        if constexpr (wire::is_optional<std::remove_reference_t<decltype(value.*field.member)>>)
            if (!wire::is_essential<T>(field.name)) (value.*field.member).reset();
    });
    return value;
}

/// A message taken apart: raw values, in a map with their keys. It can be put together again in any wrong way.
struct Parts {
    bool map = false;
    std::vector<std::pair<std::string, std::string>> entries;

    static Parts of(std::string_view bytes) {
        wire::Cursor in(bytes);
        Parts parts{.map = in.kind() == wire::Kind::map, .entries = {}};
        for (auto left = parts.map ? in.map() : in.array(); left > 0; --left) {
            auto key = parts.map ? std::string(in.text()) : "";
            parts.entries.emplace_back(std::move(key), in.skip_raw());
        }
        return parts;
    }

    std::string bytes() const {
        std::string out;
        wire::Packer packer(out);
        map ? packer.map(entries.size()) : packer.array(entries.size());
        for (const auto& [key, value] : entries) {
            if (map) packer.key(key);
            out += value;
        }
        return out;
    }
};

/// The message of the error that decoding ends with; "none" when it does not.
template <class T> std::string error_of(std::string_view bytes) {
    try {
        wire::decode<T>(bytes);
        return "none";
    } catch (const DecodeError& error) {
        return error.what();
    }
}

/// What a field holds that may come in more than one form.
enum class Holds { id, number, known_values, any_value, other };

template <class T> struct HoldsOf {
    static constexpr auto value = Enumeration<T>                     ? Holds::known_values
                                  : std::is_same_v<T, std::uint64_t> ? Holds::number
                                                                     : Holds::other;
};
template <class Tag> struct HoldsOf<Id<Tag>> { static constexpr auto value = Holds::id; };
template <Enumeration E> struct HoldsOf<Open<E>> { static constexpr auto value = Holds::any_value; };
template <class T> struct HoldsOf<std::optional<T>> : HoldsOf<T> {};

/// A field of a message, and its place among the encoded message's entries.
struct FieldPlace {
    std::string name;
    bool essential; ///< by itself
    bool has_default;
    Holds holds;
    std::size_t place;
};

/// A message seen without its C++ type, so that a test over all of them is compiled once.
struct Specimen {
    std::string name;
    bool tagged;
    std::vector<FieldPlace> fields;
    std::vector<std::vector<std::string>> rules;     ///< of each, one of these fields must be there
    std::string full;                                ///< encoded with every field set
    std::string spare;                               ///< the same with what is essential only
    std::string (*error)(std::string_view bytes);    ///< what decoding the bytes ends with, as error_of()
    std::string (*reencode)(std::string_view bytes); ///< what decoding makes of the bytes, encoded again
};

template <std::size_t count> std::vector<std::string> names_of(const wire::OneOf<count>& rule) {
    return {rule.names.begin(), rule.names.end()};
}
template <class Struct> std::vector<std::string> names_of(const wire::NeededUnless<Struct>& rule) {
    return {std::string(rule.name)};
}

template <class T> Specimen specimen() {
    Specimen result{.name = std::string(wire::declaration_of<T>.name),
                    .tagged = wire::declaration_of<T>.tagged,
                    .fields = {},
                    .rules = {},
                    .full = wire::encode(filled<T>()),
                    .spare = wire::encode(with_essentials<T>()),
                    .error = error_of<T>,
                    .reencode = [](std::string_view bytes) { return wire::encode(wire::decode<T>(bytes)); }};
    std::size_t place = result.tagged ? 1 : 0;
    wire::for_each_field<T>(
        [&]<class Struct, class Member, bool has_default>(const wire::Field<Struct, Member, has_default>& field) {
            constexpr bool essential = wire::Field<Struct, Member, has_default>::essential;
            result.fields.push_back({std::string(field.name), essential, has_default, HoldsOf<Member>::value, place++});
        });
    wire::for_each_rule<T>([&](const auto& rule) { result.rules.push_back(names_of(rule)); });
    return result;
}

template <class List> struct SpecimensOf;
template <class... Ts> struct SpecimensOf<std::tuple<Ts...>> {
    static std::vector<Specimen> all() {
        std::vector<Specimen> specimens;
        for (auto* make : {specimen<Ts>...}) specimens.push_back(make());
        return specimens;
    }
};

/// Calls f(specimen) for every message.
template <class F> void for_each_message(F&& f) {
    for (const auto& message : SpecimensOf<EveryMessage>::all()) {
        INFO(message.name);
        f(message);
    }
}

/// Calls f(specimen, field) for every field of every message.
template <class F> void for_each_field_of_every_message(F&& f) {
    for_each_message([&](const Specimen& message) {
        for (const auto& field : message.fields) {
            INFO(field.name);
            f(message, field);
        }
    });
}

} // namespace omen::test
