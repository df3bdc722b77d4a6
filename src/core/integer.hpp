#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>

namespace omen {

/// Takes an integer off the front of a text: digits, for a signed type with an optional minus. Nothing, and the text is
/// left as it is, when it begins with none or with one that the type can't hold.
template <std::integral T> std::optional<T> take_integer(std::string_view& text, int base = 10) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// The integer that a text is, from its first character to its last. Nothing when it is none, or one that the type
/// can't hold.
template <std::integral T> std::optional<T> parse_integer(std::string_view text, int base = 10) {
    const auto value = take_integer<T>(text, base);
    return text.empty() ? value : std::nullopt;
}

} // namespace omen
