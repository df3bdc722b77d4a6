#include "protocol/market_data.hpp"

namespace omen::md {

namespace {

/// The book's channel ends in the depth; 0, the whole book, is the only one documented.
constexpr std::string_view whole_book = ":0";

} // namespace

std::string Channel::text() const {
    auto text = std::string(to_string(kind)) + ":" + market_id.text();
    if (kind == ChannelKind::orderbook) text += whole_book;
    return text;
}

std::optional<Channel> Channel::parse(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto kind = parse_enum<ChannelKind>(text.substr(0, colon));
    auto market = text.substr(colon + 1);
    if (!kind) return std::nullopt;
    if (*kind == ChannelKind::orderbook) {
        if (!market.ends_with(whole_book)) return std::nullopt;
        market.remove_suffix(whole_book.size());
    }
    if (market.empty()) return std::nullopt;
    return Channel{*kind, MarketId::from_text(market)};
}

} // namespace omen::md
