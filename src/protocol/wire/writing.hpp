#pragma once

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/integer.hpp"
#include "core/time.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Writes a struct by its declaration, to anything with Packer's functions: Packer itself, or JsonWriter.
namespace omen::wire {

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
    const auto number = value.is_integer ? parse_integer<std::uint64_t>(value.value) : std::nullopt;
    number ? out.unsigned_integer(*number) : out.text(value.value);
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

} // namespace omen::wire
