#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/order_book.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the exchange knows, keeps and reports, in its own words. On the wire nearly all of it may be missing; here only
/// what there is none of.
namespace omen::sandbox {

/// An order's state.
struct OrderFacts {
    OrderId order_id;
    ClientOrderId client_order_id;
    MarketId market_id;
    Side side = Side::buy;
    OrderType order_type = OrderType::limit;
    std::optional<Decimal> price{};
    Decimal size; ///< the total, filled part included
    Decimal filled_size{};
    std::optional<Decimal> average_price{};
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false;
    OrderStatus status = OrderStatus::open;
    Timestamp timestamp{};

    Decimal remaining() const { return size - filled_size; }
};

/// Why something happens to an order that its user did not ask for, as executions say it.
using Reason = std::string_view;
namespace reason {
inline constexpr Reason self_trade = "stp";
inline constexpr Reason liquidation = "liquidation";
inline constexpr Reason reduce_only = "reduce_only";
} // namespace reason

/// What happened to an order, or to a position: one entry of a wallet's drop-copy.
struct ExecutionFacts {
    std::string wallet{};
    std::uint64_t sequence = 0;
    Timestamp timestamp{};
    ExecutionEvent event{};
    std::optional<OrderFacts> order{};   ///< as it is after the event; none where the event is of a position
    std::optional<MarketId> market_id{}; ///< of a position's event
    std::optional<TradeId> trade_id{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};
    std::optional<Decimal> fee{}; ///< negative: a rebate
    std::optional<Liquidity> liquidity{};
    Reason reason{};                 ///< empty where it was the user
    std::optional<Decimal> amount{}; ///< of a position's event: what the wallet got, or lost
    std::optional<Decimal> rate{};   ///< of funding
};

/// A trade in a market. A recorded one may lack an id, and have a side that nobody knows.
struct TradeFacts {
    MarketId market_id;
    std::optional<TradeId> trade_id{};
    Timestamp timestamp{};
    Decimal price;
    Decimal size;
    std::optional<Open<Side>> side{}; ///< the taker's
};

/// What was traded in an interval.
struct CandleFacts {
    Timestamp open_time{};
    Decimal open;
    Decimal high;
    Decimal low;
    Decimal close;
    Decimal volume;
    std::uint64_t trades = 0;
};

/// What changed in a book since the sequence before; size 0 removes a level.
struct BookChange {
    MarketId market_id;
    std::uint64_t sequence = 0;
    Timestamp timestamp{};
    std::vector<Level> bids{};
    std::vector<Level> asks{};
};

/// A market's funding at a moment.
struct FundingFacts {
    MarketId market_id;
    Timestamp timestamp{};
    Decimal rate;
    Timestamp next_at{};
    Decimal mark_price;
    Decimal index_price;
};

/// The wallet that an account is linked to, and since when.
struct WalletLink {
    std::string wallet;
    Timestamp linked_at{};
};

} // namespace omen::sandbox
