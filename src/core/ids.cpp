#include "core/ids.hpp"

#include <algorithm>
#include <charconv>

namespace omen {

MarketId MarketId::from_text(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool canonical = text.size() == 1 || !text.starts_with('0');
    if (error == std::errc{} && end == text.data() + text.size() && canonical) return MarketId(number);
    return MarketId(std::string(text));
}

std::string MarketId::text() const {
    return is_number() ? std::to_string(number()) : name();
}

bool is_client_order_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == ':' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

} // namespace omen
