#include "core/parse.hpp"

#include "core/error.hpp"
#include "core/integer.hpp"

#include <algorithm>
#include <array>

namespace omen::parse {

void bad_value(const std::string& called, const std::string& text, const std::string& expected) {
    throw Error(Fault::usage, called + ": \"" + text + "\" is not " + expected, {.code = "bad_value"});
}

Decimal positive(const std::string& called, const std::string& text) {
    try {
        const auto value = Decimal::parse(text);
        if (value.is_positive()) return value;
    } catch (const DecimalError& error) {
        throw Error(Fault::usage, called + ": \"" + text + "\": " + error.what(),
                    {.code = "bad_value", .hint = "write it like 65000.5"});
    }
    bad_value(called, text, "above zero");
}

std::uint64_t whole(const std::string& called, const std::string& text, std::uint64_t least, std::uint64_t most) {
    const auto value = parse_integer<std::uint64_t>(text);
    if (!value || *value < least || *value > most)
        bad_value(called, text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return *value;
}

std::uint32_t retries(const std::string& called, const std::string& text) {
    return static_cast<std::uint32_t>(whole(called, text, 0, 100));
}

Milliseconds duration(const std::string& called, const std::string& text) {
    const auto value = parse_duration(text);
    if (!value || *value == Milliseconds::zero())
        bad_value(called, text, "a duration of up to ten years (like 500ms, 10s, 5m, 1h)");
    return *value;
}

bool yes_or_no(const std::string& called, const std::string& text) {
    constexpr std::array yes{"true", "yes", "on", "1"};
    constexpr std::array no{"false", "no", "off", "0"};
    if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), text) != no.end()) return false;
    bad_value(called, text, "true or false");
}

} // namespace omen::parse
