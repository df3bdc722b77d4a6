#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>

/// Values from the texts that people write: flags, variables, the configuration file. `called` is what the text stands
/// under ("--price", "OMENCTL_TIMEOUT"); a text that is no such value is a usage Error naming it.
namespace omen::parse {

[[noreturn]] void bad_value(const std::string& called, const std::string& text, const std::string& expected);

/// Any text, as it is.
inline std::string text(const std::string&, const std::string& value) {
    return value;
}
/// A positive human decimal.
Decimal positive(const std::string& called, const std::string& text);
/// A whole number from `least` to `most`.
std::uint64_t whole(const std::string& called, const std::string& text, std::uint64_t least, std::uint64_t most);
/// How often a read is tried again: 0 to 100.
std::uint32_t retries(const std::string& called, const std::string& text);
Milliseconds duration(const std::string& called, const std::string& text);
/// true, yes, on or 1; false, no, off or 0.
bool yes_or_no(const std::string& called, const std::string& text);

/// The value of an enumeration by its wire name; the error lists the names.
template <Enumeration E> E one_of(const std::string& called, const std::string& text) {
    if (const auto value = parse_enum<E>(text)) return *value;
    std::string names;
    for (const auto name : enum_names<E>) names += (names.empty() ? "" : ", ") + std::string(name);
    bad_value(called, text, "one of " + names);
}

} // namespace omen::parse
