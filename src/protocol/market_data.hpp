#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/order_book.hpp"
#include "core/time.hpp"
#include "protocol/wire/codec.hpp"
#include "protocol/wire/declaration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen {

/// The public channels, under their wire names.
enum class ChannelKind : std::uint8_t { orderbook, trades, funding, spot_price };
template <> inline constexpr auto enum_names<ChannelKind> = Names<4>{"orderbook", "trades", "funding", "spot_price"};

} // namespace omen

/// The market-data feed: commands are maps, events are arrays. Which elements an event has, and in which order, is said
/// here and nowhere else (man 7 omenctl-protocol has the documented and assumed parts).
namespace omen::md {

using wire::event;
using wire::field;
using wire::message;
using wire::one_of;
using wire::record;

/// What one subscription carries: a kind of event for one market.
struct Channel {
    ChannelKind kind = ChannelKind::orderbook;
    MarketId market_id;

    auto operator<=>(const Channel&) const = default;

    /// "orderbook:1:0", "trades:1", "funding:1", "spot_price:1"
    std::string text() const;
    static std::optional<Channel> parse(std::string_view text);
};

// ---- client to feed

struct Subscribe {
    std::string channel;

    static constexpr auto declaration() { return message("subscribe", field("channel", &Subscribe::channel)); }
};

struct Unsubscribe {
    std::string channel;

    static constexpr auto declaration() { return message("unsubscribe", field("channel", &Unsubscribe::channel)); }
};

struct Ping {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("ping", field("id", &Ping::id)); }
};

using Command = std::variant<Subscribe, Unsubscribe, Ping, wire::Unknown>;

// ---- feed to client

struct Subscribed {
    std::string channel;

    static constexpr auto declaration() { return event("subscribed", field("channel", &Subscribed::channel)); }
};

struct Unsubscribed {
    std::string channel;

    static constexpr auto declaration() { return event("unsubscribed", field("channel", &Unsubscribed::channel)); }
};

struct Pong {
    std::uint64_t id = 0;
    std::optional<Timestamp> timestamp{};

    static constexpr auto declaration() {
        return event("pong", field("id", &Pong::id), field("timestamp", &Pong::timestamp));
    }
};

struct ErrorEvent {
    std::optional<std::string> code{};
    std::optional<std::string> message{};
    std::optional<std::string> channel{};

    static constexpr auto declaration() {
        return event("error", field("code", &ErrorEvent::code), field("message", &ErrorEvent::message),
                     field("channel", &ErrorEvent::channel))
            .needs(one_of("code", "message"));
    }
};

struct OrderbookSnapshot {
    MarketId market_id;
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp{};
    std::vector<Level> bids; ///< best first
    std::vector<Level> asks; ///< best first

    static constexpr auto declaration() {
        return event("orderbook_snapshot", field("market_id", &OrderbookSnapshot::market_id),
                     field("sequence", &OrderbookSnapshot::sequence), field("timestamp", &OrderbookSnapshot::timestamp),
                     field("bids", &OrderbookSnapshot::bids), field("asks", &OrderbookSnapshot::asks));
    }
};

struct OrderbookDelta {
    MarketId market_id;
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp{};
    std::vector<Level> bids; ///< size 0 removes the level
    std::vector<Level> asks;

    static constexpr auto declaration() {
        return event("orderbook_delta", field("market_id", &OrderbookDelta::market_id),
                     field("sequence", &OrderbookDelta::sequence), field("timestamp", &OrderbookDelta::timestamp),
                     field("bids", &OrderbookDelta::bids), field("asks", &OrderbookDelta::asks));
    }
};

struct OrderbookGap {
    MarketId market_id;
    std::optional<std::uint64_t> last_sequence{};
    std::optional<std::uint64_t> next_sequence{};

    static constexpr auto declaration() {
        return event("orderbook_gap", field("market_id", &OrderbookGap::market_id),
                     field("last_sequence", &OrderbookGap::last_sequence),
                     field("next_sequence", &OrderbookGap::next_sequence));
    }
};

/// A trade within a trades_snapshot, which names the market once.
struct PastTrade {
    std::optional<TradeId> trade_id{};
    std::optional<Timestamp> timestamp{};
    Decimal price;
    Decimal size;
    std::optional<Open<Side>> side{}; ///< the taker's

    static constexpr auto declaration() {
        return record("past trade", field("trade_id", &PastTrade::trade_id), field("timestamp", &PastTrade::timestamp),
                      field("price", &PastTrade::price), field("size", &PastTrade::size),
                      field("side", &PastTrade::side));
    }
};

struct TradesSnapshot {
    MarketId market_id;
    std::vector<PastTrade> trades;

    static constexpr auto declaration() {
        return event("trades_snapshot", field("market_id", &TradesSnapshot::market_id),
                     field("trades", &TradesSnapshot::trades));
    }
};

struct Trade {
    std::optional<MarketId> market_id{};
    std::optional<TradeId> trade_id{};
    std::optional<Timestamp> timestamp{};
    Decimal price;
    Decimal size;
    std::optional<Open<Side>> side{}; ///< the taker's

    static constexpr auto declaration() {
        return event("trade", field("market_id", &Trade::market_id), field("trade_id", &Trade::trade_id),
                     field("timestamp", &Trade::timestamp), field("price", &Trade::price), field("size", &Trade::size),
                     field("side", &Trade::side));
    }
};

struct Funding {
    MarketId market_id;
    std::optional<Timestamp> timestamp{};
    std::optional<Decimal> funding_rate{};
    std::optional<Timestamp> next_funding_at{};
    std::optional<Decimal> mark_price{};
    std::optional<Decimal> index_price{};

    static constexpr auto declaration() {
        return event("funding", field("market_id", &Funding::market_id), field("timestamp", &Funding::timestamp),
                     field("funding_rate", &Funding::funding_rate), field("next_funding_at", &Funding::next_funding_at),
                     field("mark_price", &Funding::mark_price), field("index_price", &Funding::index_price))
            .needs(one_of("mark_price", "index_price"));
    }
};

struct SpotPrice {
    MarketId market_id;
    std::optional<Timestamp> timestamp{};
    Decimal price;

    static constexpr auto declaration() {
        return event("spot_price", field("market_id", &SpotPrice::market_id), field("timestamp", &SpotPrice::timestamp),
                     field("price", &SpotPrice::price));
    }
};

using Event = std::variant<Subscribed, Unsubscribed, Pong, ErrorEvent, OrderbookSnapshot, OrderbookDelta, OrderbookGap,
                           TradesSnapshot, Trade, Funding, SpotPrice, wire::Unknown>;

} // namespace omen::md
