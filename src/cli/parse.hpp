#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// Option values that CLI11 does not know. A value that can't be one is a usage Error naming the option.
namespace omen::parse {

[[noreturn]] void bad_value(const std::string& option, const std::string& text, const std::string& expected);

/// A positive human decimal.
Decimal positive(const std::string& option, const std::string& text);
Milliseconds duration(const std::string& option, const std::string& text);
/// A whole number from `least` to `most`.
std::uint64_t whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most);

ClientOrderId client_order_id(const std::string& option, const std::string& text);

/// The value of an enumeration by its wire name; the error lists the names.
template <Enumeration E> E one_of(const std::string& option, const std::string& text) {
    if (const auto value = parse_enum<E>(text)) return *value;
    std::string names;
    for (const auto name : enum_names<E>) names += (names.empty() ? "" : ", ") + std::string(name);
    bad_value(option, text, "one of " + names);
}

/// Adds an option whose text `read(option name, text)` turns into the target's value.
template <class Target, class Read>
CLI::Option* option(CLI::App& app, const std::string& name, Target& target, Read read, const std::string& help) {
    const auto said = name.substr(name.rfind(',') + 1); // "-o,--output": the long one
    auto set = [&target, said, read](const std::string& text) { target = read(said, text); };
    return app.add_option_function<std::string>(name, set, help);
}

inline auto whole_from(std::uint64_t least, std::uint64_t most) {
    return [least, most](const std::string& name, const std::string& text) { return whole(name, text, least, most); };
}

} // namespace omen::parse
