#pragma once

#include "protocol/gateway/commands.hpp"
#include "protocol/rest.hpp"
#include "sandbox/matching/matching_engine.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace omen::sandbox {

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
    static MarketTerms of(const rest::MarketResponse& market);
};

/// Why the exchange refuses a command: the protocol's code and a sentence with the numbers.
struct Rejection {
    std::string_view code;
    std::string message;
};

/// What is wrong with a combination of type, price, time in force and post-only.
std::optional<Rejection> check_form(const gw::Order& order);
/// Positive, and a multiple of the tick.
std::optional<Rejection> check_price(const MarketTerms& market, Decimal price);
/// A multiple of the lot, and not below the smallest order.
std::optional<Rejection> check_size(const MarketTerms& market, Decimal size);
/// Everything that can be said of an order's price and size without looking at the book or the wallet.
std::optional<Rejection> check_amounts(const MarketTerms& market, const gw::Order& order);

/// The engine's refusal in words.
Rejection rejection_of(Refusal refusal);

} // namespace omen::sandbox
