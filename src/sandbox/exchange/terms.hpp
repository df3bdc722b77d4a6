#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What the exchange is given: markets to run and commands to obey, in its own words.
namespace omen::sandbox {

/// A market as it is shown. Most of it may be missing, and is then not shown.
struct MarketListing {
    MarketId market_id;
    std::string symbol;
    std::optional<std::string> base{};
    std::optional<std::string> quote{};
    std::optional<std::string> status{};
    std::optional<Decimal> tick_size{};
    std::optional<Decimal> lot_size{};
    std::optional<Decimal> min_size{};
    std::optional<std::uint64_t> max_leverage{};
    std::optional<Decimal> initial_margin{};
    std::optional<Decimal> maintenance_margin{};
    std::optional<Decimal> maker_fee{};
    std::optional<Decimal> taker_fee{};

    bool is_halted() const { return status == "halted"; }
};

/// What an exchange must know of a market to run it.
struct MarketTerms {
    MarketId market_id;
    Decimal tick_size;
    Decimal lot_size;
    Decimal min_size;
    std::uint64_t max_leverage = 1;
    Decimal initial_margin;     ///< a fraction of the value
    Decimal maintenance_margin; ///< a fraction of the value
    Decimal maker_fee;          ///< negative: a rebate
    Decimal taker_fee;

    /// The terms of a listing. What a listing may lack is as harmless as can be: no fees, no leverage. A usage Error
    /// where the tick or lot size is missing.
    static MarketTerms of(const MarketListing& market);
};

/// A new order, as its user asks for it.
struct OrderTerms {
    ClientOrderId client_order_id;
    std::optional<MarketId> market_id{}; ///< an order without one is refused
    Side side = Side::buy;
    OrderType order_type = OrderType::limit;
    std::optional<Decimal> price{};
    Decimal size;
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false;
};

/// How a command names an order: by exactly one of these, or it is refused.
struct OrderName {
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
};

/// What an amendment asks for; what it does not name stays as it is.
struct AmendTerms {
    std::optional<Decimal> price{};
    std::optional<Decimal> size{}; ///< the new total, filled part included
};

} // namespace omen::sandbox
