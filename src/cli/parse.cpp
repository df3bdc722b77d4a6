#include "cli/parse.hpp"

#include <charconv>

namespace omen::parse {

void bad_value(const std::string& option, const std::string& text, const std::string& expected) {
    throw Error(Fault::usage, option + ": \"" + text + "\" is not " + expected, {.code = "bad_value"});
}

Decimal positive(const std::string& option, const std::string& text) {
    try {
        const auto value = Decimal::parse(text);
        if (value.is_positive()) return value;
    } catch (const DecimalError& error) {
        throw Error(Fault::usage, option + ": \"" + text + "\": " + error.what(),
                    {.code = "bad_value", .hint = "write it like 65000.5"});
    }
    bad_value(option, text, "above zero");
}

Milliseconds duration(const std::string& option, const std::string& text) {
    const auto value = parse_duration(text);
    if (!value || *value == Milliseconds::zero()) bad_value(option, text, "a duration (like 500ms, 10s, 5m, 1h)");
    return *value;
}

std::uint64_t whole(const std::string& option, const std::string& text, std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        bad_value(option, text, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return value;
}

ClientOrderId client_order_id(const std::string& option, const std::string& text) {
    if (!is_client_order_id(text)) bad_value(option, text, "1 to 64 of A-Z a-z 0-9 . _ : -");
    return {text};
}

} // namespace omen::parse
