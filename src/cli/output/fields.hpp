#pragma once

#include "protocol/wire/declaration.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The fields of a record by name, as --fields gives them: "order" is a whole value, "order.side" a part of it.
namespace omen {

using FieldNames = std::vector<std::string>;

namespace detail {

/// A value that may be missing is one of its inner type.
template <class T> struct Inner { using Type = T; };
template <class T>
requires requires(const T& value) {
    value.has_value();
}
struct Inner<T> {
    using Type = typename T::value_type;
};
template <class T> using InnerType = typename Inner<std::remove_cv_t<T>>::Type;

/// "side" of "order.side" within "order"; nothing where the name leads elsewhere.
inline std::optional<std::string_view> within(std::string_view name, std::string_view field) {
    if (name.size() <= field.size() || !name.starts_with(field) || name[field.size()] != '.') return std::nullopt;
    return name.substr(field.size() + 1);
}

} // namespace detail

/// Whether records of this type have a field of this name.
template <wire::Declared T> bool has_field(std::string_view name) {
    bool has = wire::declaration_of<T>.tagged && name == "type";
    wire::for_each_field<T>(
        [&]<class Struct, class Member, bool optional>(const wire::Field<Struct, Member, optional>& field) {
            has = has || name == field.name;
            if constexpr (wire::Declared<detail::InnerType<Member>>)
                if (const auto rest = detail::within(name, field.name))
                    has = has || has_field<detail::InnerType<Member>>(*rest);
        });
    return has;
}

/// Calls visit(value, decimals) with a record's field of this name; not where it is absent.
template <wire::Declared T, class Visit> void visit_field(const T& record, std::string_view name, Visit&& visit) {
    if (wire::declaration_of<T>.tagged && name == "type") visit(std::string(wire::declaration_of<T>.name), 0);
    wire::for_each_field<T>([&](const auto& field) {
        const auto& value = record.*field.member;
        using Member = std::remove_cvref_t<decltype(value)>;
        if (wire::is_absent(value)) return;
        if (name == field.name) return visit(value, field.decimals);
        if constexpr (wire::Declared<Member>) {
            if (const auto rest = detail::within(name, field.name)) visit_field(value, *rest, visit);
        } else if constexpr (wire::Declared<detail::InnerType<Member>>) {
            const auto rest = detail::within(name, field.name);
            if (rest && value) visit_field(*value, *rest, visit);
        }
    });
}

/// Adds the names of a record type's fields that are not there yet, those of records within behind a prefix.
template <wire::Declared T> void add_field_names(FieldNames& names, const std::string& prefix = {}) {
    const auto add = [&](std::string_view name) {
        auto whole = prefix + std::string(name);
        if (std::find(names.begin(), names.end(), whole) == names.end()) names.push_back(std::move(whole));
    };
    if (wire::declaration_of<T>.tagged) add("type");
    wire::for_each_field<T>(
        [&]<class Struct, class Member, bool optional>(const wire::Field<Struct, Member, optional>& field) {
            add(field.name);
            if constexpr (wire::Declared<detail::InnerType<Member>>)
                add_field_names<detail::InnerType<Member>>(names, prefix + std::string(field.name) + ".");
        });
}

/// The names of all fields that records of these types have.
template <wire::Declared... Records> FieldNames field_names() {
    FieldNames names;
    (add_field_names<Records>(names), ...);
    return names;
}

/// The names in "a, b,c". Blanks around them are none of theirs.
FieldNames parse_fields(std::string_view text);

/// Errors: usage, for a name that is not among those known, or one that stands there twice.
void check_fields(const FieldNames& wanted, const FieldNames& known);

} // namespace omen
