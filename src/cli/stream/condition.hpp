#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen {

/// One step of the way to a value within a line: a key, or the number of a list's element.
using PathStep = std::variant<std::string, std::size_t>;
using Path = std::span<const PathStep>;

enum class Comparison { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

/// What --until waits for: a value of a line, compared with one that is given. Numbers, amounts and times (in
/// milliseconds) are compared exactly; texts are only equal or not. What a line does not have meets no condition.
struct Condition {
    std::string said; ///< as it was written
    std::vector<PathStep> path;
    Comparison comparison = Comparison::equal;
    std::string value;
    std::optional<Decimal> number; ///< the value, where it is one

    bool met_by(Decimal actual) const;
    bool met_by(std::string_view actual) const;
};

/// Reads "FIELD OP VALUE": `price >= 3500`, `bids[0].price<3500`, `order.status = filled`. Errors: usage.
Condition parse_condition(const std::string& option, const std::string& text);

/// What may stand at the end of a path.
enum class Leaf { none, number, text };

namespace detail {

/// An optional or nullable value.
template <class T>
concept MayBeMissing = requires(const T& value) {
    value.has_value();
};
template <class T> inline constexpr bool is_list = false;
template <class T> inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_number =
    std::is_same_v<T, Decimal> || std::is_same_v<T, std::uint64_t> || std::is_same_v<T, Timestamp>;

inline Decimal number_of(Decimal value) {
    return value;
}
inline Decimal number_of(std::uint64_t value) {
    return Decimal::whole(value);
}
inline Decimal number_of(Timestamp value) {
    return Decimal::whole(value.ms);
}

inline std::string text_of(const std::string& value) {
    return value;
}
inline std::string text_of(bool value) {
    return value ? "true" : "false";
}
inline std::string text_of(const MarketId& value) {
    return value.text();
}
template <class Tag> std::string text_of(const Id<Tag>& value) {
    return value.value;
}
template <Enumeration E> std::string text_of(E value) {
    return std::string(to_string(value));
}
template <Enumeration E> std::string text_of(const Open<E>& value) {
    return std::string(to_string(value));
}

/// Whether the path begins with this key.
inline bool begins_with(Path path, std::string_view key) {
    const auto* name = path.empty() ? nullptr : std::get_if<std::string>(&path.front());
    return name != nullptr && *name == key;
}

} // namespace detail

/// What a T may have at the end of a path, as its declaration says.
template <class T> Leaf leaf_at(Path path) {
    if constexpr (detail::MayBeMissing<T>) {
        return leaf_at<typename T::value_type>(path);
    } else if constexpr (detail::is_list<T>) {
        if (path.empty() || !std::holds_alternative<std::size_t>(path.front())) return Leaf::none;
        return leaf_at<typename T::value_type>(path.subspan(1));
    } else if constexpr (wire::Declared<T>) {
        if (wire::declaration_of<T>.tagged && detail::begins_with(path, "type"))
            return path.size() == 1 ? Leaf::text : Leaf::none;
        auto leaf = Leaf::none;
        wire::for_each_field<T>(
            [&]<class Struct, class Member, bool has_default>(const wire::Field<Struct, Member, has_default>& field) {
                if (detail::begins_with(path, field.name)) leaf = leaf_at<Member>(path.subspan(1));
            });
        return leaf;
    } else {
        if (!path.empty()) return Leaf::none;
        return detail::is_number<T> ? Leaf::number : Leaf::text;
    }
}

/// Whether a record meets a condition, from this step of its path on.
template <class T> bool meets(const T& value, const Condition& condition, Path path) {
    if constexpr (detail::MayBeMissing<T>) {
        return value.has_value() && meets(*value, condition, path);
    } else if constexpr (detail::is_list<T>) {
        const auto* index = path.empty() ? nullptr : std::get_if<std::size_t>(&path.front());
        return index != nullptr && *index < value.size() && meets(value[*index], condition, path.subspan(1));
    } else if constexpr (wire::Declared<T>) {
        constexpr const auto& declared = wire::declaration_of<T>;
        if (declared.tagged && detail::begins_with(path, "type"))
            return path.size() == 1 && condition.met_by(declared.name);
        bool met = false;
        wire::for_each_field<T>([&](const auto& field) {
            if (detail::begins_with(path, field.name)) met = meets(value.*field.member, condition, path.subspan(1));
        });
        return met;
    } else if constexpr (detail::is_number<T>) {
        return path.empty() && condition.met_by(detail::number_of(value));
    } else {
        return path.empty() && condition.met_by(detail::text_of(value));
    }
}

template <wire::Declared T> bool meets(const T& record, const Condition& condition) {
    return meets(record, condition, Path(condition.path));
}

/// A usage Error unless one of these leaves can meet the condition. `option` is what it was given with.
void check_condition(const std::string& option, const Condition& condition, std::span<const Leaf> leaves);

/// A usage Error when no line of these types can ever meet the condition.
template <wire::Declared... Lines> void check_condition(const std::string& option, const Condition& condition) {
    const Leaf leaves[] = {leaf_at<Lines>(Path(condition.path))...};
    check_condition(option, condition, leaves);
}

} // namespace omen
