#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace omen {

/// A value, and where it came from in the user's own words: "--output", "OMENCTL_OUTPUT", "profile paper
/// (config.toml:4)", or "default".
template <class T> struct Setting {
    T value{};
    std::string origin = "default";

    bool is_default() const { return origin == "default"; }
    operator const T&() const { return value; }
};

/// What one source says of a setting: nothing, or a value.
template <class T> using Maybe = std::optional<Setting<T>>;

/// The first source that says something, else the default.
template <class T> Setting<T> first_of(std::initializer_list<Maybe<T>> sources, T otherwise) {
    for (const auto& source : sources)
        if (source) return *source;
    return {std::move(otherwise)};
}

} // namespace omen
