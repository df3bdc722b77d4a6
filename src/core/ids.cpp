#include "core/ids.hpp"

#include "core/integer.hpp"

#include <algorithm>

namespace omen {

MarketId MarketId::from_text(std::string_view text) {
    const auto number = parse_integer<std::uint64_t>(text);
    const bool canonical = text.size() == 1 || !text.starts_with('0');
    if (number && canonical) return MarketId(*number);
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

bool is_wallet_address(std::string_view text) {
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    return text.size() == 42 && text.starts_with("0x") && std::all_of(text.begin() + 2, text.end(), hex);
}

} // namespace omen
