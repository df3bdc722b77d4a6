#pragma once

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/cursor.hpp"
#include "protocol/wire/declaration.hpp"
#include "protocol/wire/packer.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// From a struct to bytes and back, by its declaration. Readers are lenient where it is safe (unknown keys, extra
/// trailing elements, values of open enumerations, ids in digits) and strict where money is at stake: a repeated,
/// malformed or wrong-typed field, or the lack of an essential one, is a DecodeError that names it, never a default.
namespace omen::wire {

/// The number of an id that came as an integer.
std::uint64_t integer_of(std::string_view digits);

// ---- writing: to anything with Packer's functions (Packer itself, or JsonWriter)

template <Layout layout, class Writer, Declared T> void write_fields(Writer& out, const T& value);

template <Layout layout, class Writer> void write_value(Writer& out, bool value, int) {
    out.boolean(value);
}
template <Layout layout, class Writer> void write_value(Writer& out, std::uint64_t value, int) {
    out.unsigned_integer(value);
}
template <Layout layout, class Writer> void write_value(Writer& out, const std::string& value, int) {
    out.text(value);
}
template <Layout layout, class Writer, class Tag> void write_value(Writer& out, const Id<Tag>& value, int) {
    value.is_integer ? out.unsigned_integer(integer_of(value.value)) : out.text(value.value);
}
template <Layout layout, class Writer> void write_value(Writer& out, const MarketId& value, int) {
    value.is_number() ? out.unsigned_integer(value.number()) : out.text(value.name());
}
template <Layout layout, class Writer> void write_value(Writer& out, Timestamp value, int) {
    out.timestamp(value);
}
template <Layout layout, class Writer> void write_value(Writer& out, Decimal value, int decimals) {
    out.amount(value, decimals);
}
template <Layout layout, class Writer, Enumeration E> void write_value(Writer& out, E value, int) {
    out.text(to_string(value));
}
template <Layout layout, class Writer, Enumeration E> void write_value(Writer& out, const Open<E>& value, int) {
    out.text(to_string(value));
}
template <Layout layout, class Writer, Declared T> void write_value(Writer& out, const T& value, int) {
    write_fields<layout>(out, value);
}
template <Layout layout, class Writer, class T>
void write_value(Writer& out, const std::vector<T>& values, int decimals) {
    out.array(values.size());
    for (const auto& value : values) write_value<layout>(out, value, decimals);
    out.end_array();
}
template <Layout layout, class Writer, class T>
void write_value(Writer& out, const std::optional<T>& value, int decimals) {
    value ? write_value<layout>(out, *value, decimals) : out.nil();
}

template <Layout layout, class Writer, Declared T> void write_fields(Writer& out, const T& value) {
    constexpr const auto& declared = declaration_of<T>;
    constexpr bool tagged = declared.tagged;
    if constexpr (layout == Layout::array) {
        out.array(field_count<T> + tagged);
        if constexpr (tagged) out.text(declared.name);
        for_each_field<T>([&](const auto& field) { write_value<layout>(out, value.*field.member, field.decimals); });
        out.end_array();
    } else {
        std::size_t present = tagged;
        for_each_field<T>([&](const auto& field) { present += !is_absent(value.*field.member); });
        out.map(present);
        if constexpr (tagged) {
            out.key("type");
            out.text(declared.name);
        }
        for_each_field<T>([&](const auto& field) {
            if (is_absent(value.*field.member)) return;
            out.key(field.name);
            write_value<layout>(out, value.*field.member, field.decimals);
        });
        out.end_map();
    }
}

/// Writes a struct, or a vector of them, in its own layout.
template <class Writer, Declared T> void write(Writer& out, const T& value) {
    write_fields<declaration_of<T>.layout>(out, value);
}
template <class Writer, Declared T> void write(Writer& out, const std::vector<T>& values) {
    write_value<declaration_of<T>.layout>(out, values, 0);
}

// ---- reading: from a Cursor

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
    value.set_name(in.text());
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
    const auto start = in;
    try {
        read_value<layout>(in, value.*field.member, field.decimals);
    } catch (DecodeError& error) {
        if (start.at_nil()) field_error(field.name, "missing");
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
        const auto key = in.text();
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

// ---- whole messages

/// Runs a decoding step; an error gets the message's name, and bytes left over are one.
template <class F> void decode_whole(std::string_view bytes, std::string_view name, F&& read) {
    try {
        Cursor in(bytes);
        read(in);
        if (!in.at_end()) throw DecodeError("bytes follow the message");
    } catch (DecodeError& error) {
        error.in_message(name);
        throw;
    }
}

/// Decodes a struct into one that exists already, so that its vectors' memory is used again.
template <Declared T> void decode_into(std::string_view bytes, T& value) {
    decode_whole(bytes, declaration_of<T>.name, [&](Cursor& in) { read_fields<declaration_of<T>.layout>(in, value); });
}

template <class T> struct Decoder {
    static T decode(std::string_view bytes) {
        T value;
        decode_into(bytes, value);
        return value;
    }
};
template <class T> struct Decoder<std::vector<T>> {
    static std::vector<T> decode(std::string_view bytes) {
        std::vector<T> values;
        decode_whole(bytes, declaration_of<T>.name,
                     [&](Cursor& in) { read_value<declaration_of<T>.layout>(in, values, 0); });
        return values;
    }
};

/// Decodes one MessagePack value: a declared struct or a vector of them.
template <class T> T decode(std::string_view bytes) {
    return Decoder<T>::decode(bytes);
}

/// Encodes as MessagePack, at the end of a buffer.
template <class T> void encode(std::string& out, const T& value) {
    Packer packer(out);
    write(packer, value);
}
template <class T> std::string encode(const T& value) {
    std::string out;
    encode(out, value);
    return out;
}

/// A message whose type this program does not know; `bytes` is the whole of it.
struct Unknown {
    std::string type;
    std::string bytes;
};

/// The "type" of a map or the first element of an array. A DecodeError where there is none.
std::string_view tag_of(std::string_view bytes);

template <class Variant, class T> bool decode_alternative(std::string_view tag, std::string_view bytes, Variant& out) {
    if constexpr (std::is_same_v<T, Unknown>) {
        return false;
    } else {
        if (tag != declaration_of<T>.name) return false;
        auto* same = std::get_if<T>(&out);
        decode_into(bytes, same != nullptr ? *same : out.template emplace<T>());
        return true;
    }
}

template <class Variant> struct AnyOf;
template <class... Ts> struct AnyOf<std::variant<Ts...>> {
    static void decode_into(std::string_view bytes, std::variant<Ts...>& out) {
        const auto tag = tag_of(bytes);
        if ((decode_alternative<std::variant<Ts...>, Ts>(tag, bytes, out) || ...)) return;
        out = Unknown{std::string(tag), std::string(bytes)};
    }
};

/// Decodes whichever alternative of a variant the tag names; an unknown tag gives Unknown, which the variant must have.
/// What the variant holds already of the same kind is decoded into, so that its memory is used again.
template <class Variant> void decode_any_into(std::string_view bytes, Variant& out) {
    AnyOf<Variant>::decode_into(bytes, out);
}
template <class Variant> Variant decode_any(std::string_view bytes) {
    Variant out;
    decode_any_into(bytes, out);
    return out;
}

} // namespace omen::wire
