#pragma once

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/cursor.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads a struct by its declaration from a Cursor. Readers are lenient where it is safe (unknown keys, extra trailing
/// elements, values of open enumerations, ids in digits) and strict where money is at stake: a repeated, malformed or
/// wrong-typed field, or the lack of an essential one, is a DecodeError that names it, never a default.
namespace omen::wire {

template <Layout layout, Declared T> void read_fields(Cursor& in, T& value);

template <Layout layout> void read_value(Cursor& in, bool& value, int) {
    value = in.boolean();
}
template <Layout layout> void read_value(Cursor& in, std::uint64_t& value, int) {
    value = in.unsigned_integer();
}
template <Layout layout> void read_value(Cursor& in, std::string& value, int) {
    value = in.text();
}
template <Layout layout, class Tag> void read_value(Cursor& in, Id<Tag>& value, int) {
    value.is_integer = in.at_integer();
    if (value.is_integer)
        value.value = std::to_string(in.unsigned_integer());
    else
        value.value = in.text();
}
template <Layout layout> void read_value(Cursor& in, MarketId& value, int) {
    value = in.market_id();
}
template <Layout layout> void read_value(Cursor& in, Timestamp& value, int) {
    value.ms = in.integer();
}
template <Layout layout> void read_value(Cursor& in, Decimal& value, int decimals) {
    value = in.amount(decimals);
}
template <Layout layout, Enumeration E> void read_value(Cursor& in, E& value, int) {
    const auto name = in.text();
    const auto found = parse_enum<E>(name);
    if (!found) throw DecodeError("unknown value \"" + std::string(name) + "\"");
    value = *found;
}
template <Layout layout, Enumeration E> void read_value(Cursor& in, Open<E>& value, int) {
    value = Open<E>::of_name(in.text());
}
template <Layout layout, Declared T> void read_value(Cursor& in, T& value, int) {
    read_fields<layout>(in, value);
}
template <Layout layout, class T> void read_value(Cursor& in, std::vector<T>& values, int decimals) {
    const auto count = in.array();
    if (values.size() > count) values.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i == values.size()) values.emplace_back(); // one by one: a mere announcement must not take memory
        try {
            read_value<layout>(in, values[i], decimals);
        } catch (DecodeError& error) {
            error.in_element(i);
            throw;
        }
    }
}
template <Layout layout, class T> void read_value(Cursor& in, std::optional<T>& value, int decimals) {
    if (in.take_nil()) return value.reset();
    // What is there already is read into, so that its memory is used again.
    read_value<layout>(in, value ? *value : value.emplace(), decimals);
}

[[noreturn]] inline void field_error(std::string_view name, std::string_view reason) {
    DecodeError error(reason);
    error.in_field(name);
    throw error;
}

/// A field that is missing or nil, which is the same.
template <class T, class Struct, class Member, bool has_default>
void read_nothing(const Field<Struct, Member, has_default>& field, T& value) {
    if constexpr (is_optional<Member>)
        (value.*field.member).reset();
    else if constexpr (has_default)
        value.*field.member = Struct{}.*field.member;
    else
        field_error(field.name, "missing");
}

template <Layout layout, class T, class Struct, class Member, bool has_default>
void read_field(Cursor& in, const Field<Struct, Member, has_default>& field, T& value) {
    if constexpr (has_default)
        if (in.take_nil()) return read_nothing(field, value);
    try {
        read_value<layout>(in, value.*field.member, field.decimals);
    } catch (DecodeError& error) {
        error.in_field(field.name);
        throw;
    }
}

template <Declared T, std::size_t count> void check_rule(const T& value, const OneOf<count>& rule) {
    bool present = false;
    for_each_field<T>([&](const auto& field) {
        if (!present && rule.concerns(field.name)) present = !is_absent(value.*field.member);
    });
    if (present) return;
    std::string names;
    for (const auto name : rule.names) names.append(names.empty() ? "" : " or ").append(name);
    field_error(names, "missing");
}

template <Declared T, class Struct> void check_rule(const T& value, const NeededUnless<Struct>& rule) {
    for_each_field<T>([&](const auto& field) {
        if (rule.concerns(field.name) && is_absent(value.*field.member) && !rule.exempt(value))
            field_error(field.name, "missing");
    });
}

template <Declared T> void check_rules(const T& value) {
    for_each_rule<T>([&](const auto& rule) { check_rule(value, rule); });
}

template <Declared T> void read_array_fields(Cursor& in, T& value) {
    constexpr const auto& declared = declaration_of<T>;
    auto left = in.array();
    if constexpr (declared.tagged) {
        if (left-- == 0 || in.text() != declared.name)
            throw DecodeError("expected the event \"" + std::string(declared.name) + "\"");
    }
    for_each_field<T>([&](const auto& field) {
        if (left > 0) {
            --left;
            read_field<Layout::array>(in, field, value);
        } else {
            read_nothing(field, value);
        }
    });
    for (; left > 0; --left) in.skip();
    check_rules(value);
}

template <Declared T> void read_map_fields(Cursor& in, T& value) {
    constexpr const auto& declared = declaration_of<T>;
    static_assert(field_count<T> < 64);
    std::uint64_t seen = 0;
    bool right_type = !declared.tagged;
    for (auto left = in.map(); left > 0; --left) {
        const auto key = in.key();
        if (declared.tagged && key == "type") {
            right_type = in.text() == declared.name;
            continue;
        }
        std::uint64_t bit = 1;
        bool known = false;
        for_each_field<T>([&](const auto& field) {
            if (!known && field.name == key) {
                known = true;
                if ((seen & bit) != 0) field_error(field.name, "appears twice");
                seen |= bit;
                read_field<Layout::map>(in, field, value);
            }
            bit <<= 1;
        });
        if (!known) in.skip();
    }
    if (!right_type) throw DecodeError("expected the type \"" + std::string(declared.name) + "\"");
    std::uint64_t bit = 1;
    for_each_field<T>([&](const auto& field) {
        if ((seen & bit) == 0) read_nothing(field, value);
        bit <<= 1;
    });
    check_rules(value);
}

template <Layout layout, Declared T> void read_fields(Cursor& in, T& value) {
    if constexpr (layout == Layout::array)
        read_array_fields(in, value);
    else
        read_map_fields(in, value);
}

} // namespace omen::wire
