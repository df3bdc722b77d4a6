#pragma once

#include "core/order_book.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// How a message is declared. Each struct says its wire form once, in a static `declaration()`; encoding, decoding,
/// JSON, tables and the tests all follow from that.
namespace omen::wire {

// clang 14, which builds the tests under the sanitizers, crashes on consteval arguments; g++ checks the names.
#if defined(__clang__) && __clang_major__ < 15
#define OMEN_CONSTEVAL constexpr
#else
#define OMEN_CONSTEVAL consteval
#endif

/// A declared name: short, and with nothing that JSON escapes, which the compiler sees to.
struct Name : std::string_view {
    OMEN_CONSTEVAL Name(const char* text) : std::string_view(text) {
        if (size() > 32) throw "a name that is too long";
        for (const char c : *this)
            if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') throw "a name with a character that JSON escapes";
    }
};

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

/// Whether an optional field is absent; any other never is.
template <class T> constexpr bool is_absent(const T& value) {
    if constexpr (is_optional<T>)
        return !value.has_value();
    else
        return false;
}

/// One field: its wire name, the member, and, for a Decimal, at how many decimals the wire scales it. A message without
/// an essential one is an error; a missing one that has a default is as in a new struct.
template <class Struct, class Member, bool has_default = false> struct Field {
    static constexpr bool essential = !is_optional<Member> && !has_default;

    Name name;
    Member Struct::*member;
    int decimals;
};

template <class Struct, class Member>
constexpr Field<Struct, Member> field(Name name, Member Struct::*member, int decimals = Decimal::places) {
    return {name, member, decimals};
}

/// A field that may be missing although its member always has a value: the default member initialiser's then.
template <class Struct, class Member>
constexpr Field<Struct, Member, true> field_with_default(Name name, Member Struct::*member) {
    return {name, member, Decimal::places};
}

/// A rule beside the fields: one of these, at least, must be there.
template <std::size_t count> struct OneOf {
    std::array<std::string_view, count> names;

    constexpr bool concerns(std::string_view name) const {
        for (const auto one : names)
            if (one == name) return true;
        return false;
    }
};

template <class... Names> constexpr OneOf<sizeof...(Names)> one_of(Names... names) {
    return {{names...}};
}

/// A rule beside the fields: this one must be there, but in messages that are exempt.
template <class Struct> struct NeededUnless {
    std::string_view name;
    bool (*exempt)(const Struct& message);

    constexpr bool concerns(std::string_view field) const { return field == name; }
};

template <class Struct>
constexpr NeededUnless<Struct> needed_unless(std::string_view name, bool (*exempt)(const Struct& message)) {
    return {name, exempt};
}

/// Maps have named fields; in arrays a field's position is its name, and records nested in an array are arrays too.
enum class Layout { map, array };

/// A struct's wire form. `name` stands in errors; a tagged one also carries it on the wire, as the map's "type" or the
/// array's first element. Which fields are essential follows from their members and from the rules beside them.
template <class Fields, class Rules = std::tuple<>> struct Declaration {
    std::string_view name;
    Layout layout;
    bool tagged;
    Fields fields; ///< a tuple of Field
    Rules rules{}; ///< a tuple of OneOf and NeededUnless

    /// The same with rules.
    template <class... More> constexpr Declaration<Fields, std::tuple<More...>> needs(More... more) const {
        return {name, layout, tagged, fields, {more...}};
    }
};

/// An untagged struct: a REST model, or a part of another message.
template <class... Fields>
constexpr Declaration<std::tuple<Fields...>> record(std::string_view name, Fields... fields) {
    return {name, Layout::map, false, {fields...}};
}
/// A map with "type".
template <class... Fields>
constexpr Declaration<std::tuple<Fields...>> message(std::string_view type, Fields... fields) {
    return {type, Layout::map, true, {fields...}};
}
/// An array whose first element is the name.
template <class... Fields> constexpr Declaration<std::tuple<Fields...>> event(std::string_view name, Fields... fields) {
    return {name, Layout::array, true, {fields...}};
}

template <class T> inline constexpr auto declaration_of = nullptr;
template <class T>
requires requires {
    T::declaration();
}
inline constexpr auto declaration_of<T> = T::declaration();
template <>
inline constexpr auto declaration_of<Level> = record("level", field("price", &Level::price),
                                                     field("size", &Level::size));

/// A struct that has a wire form.
template <class T>
concept Declared = !std::is_same_v<std::remove_const_t<decltype(declaration_of<T>)>, std::nullptr_t>;

template <class T> inline constexpr std::size_t field_count = std::tuple_size_v<decltype(declaration_of<T>.fields)>;

/// Calls f(field) for each field of T, in order.
template <Declared T, class F> constexpr void for_each_field(F&& f) {
    std::apply([&](const auto&... fields) { (f(fields), ...); }, declaration_of<T>.fields);
}

/// Calls f(rule) for each rule of T, in order.
template <Declared T, class F> constexpr void for_each_rule(F&& f) {
    std::apply([&](const auto&... rules) { (f(rules), ...); }, declaration_of<T>.rules);
}

/// Whether a T can be an error for the want of this field: it is essential by itself, or one that a rule is about.
template <Declared T> constexpr bool is_essential(std::string_view name) {
    bool essential = false;
    for_each_field<T>([&](const auto& field) {
        if (field.name == name) essential = essential || std::remove_cvref_t<decltype(field)>::essential;
    });
    for_each_rule<T>([&](const auto& rule) { essential = essential || rule.concerns(name); });
    return essential;
}

} // namespace omen::wire
