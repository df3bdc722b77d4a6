#include "cli/context/parse.hpp"

#include "protocol/limits.hpp"

namespace omen::parse {

Timestamp moment(const std::string& option, const std::string& text) {
    if (const auto time = parse_timestamp(text)) return *time;
    if (const auto ago = parse_duration(text)) return {Timestamp::now().ms - ago->count()};
    bad_value(option, text, "a time (like 2026-01-02T03:04:05Z, 2026-01-02, or 2h for two hours ago)");
}

std::optional<std::uint32_t> depth(const std::string& option, const std::string& text) {
    if (text == "all") return std::nullopt;
    return static_cast<std::uint32_t>(whole(option, text, 1, limits::deepest_book));
}

ClientOrderId client_order_id(const std::string& option, const std::string& text) {
    if (!is_client_order_id(text)) bad_value(option, text, "1 to 64 of A-Z a-z 0-9 . _ : -");
    return {text};
}

} // namespace omen::parse
