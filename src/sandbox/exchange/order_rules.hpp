#pragma once

#include "protocol/gateway/commands.hpp"
#include "protocol/rest.hpp"
#include "sandbox/exchange/matching_engine.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace omen::sandbox {

/// Why the exchange refuses a command: the protocol's code and a sentence with the numbers.
struct Rejection {
    std::string_view code;
    std::string message;
};

/// What is wrong with a combination of type, price, time in force and post-only.
std::optional<Rejection> check_form(const gw::Order& order);
/// Positive, and a multiple of the tick.
std::optional<Rejection> check_price(const rest::MarketResponse& market, Decimal price);
/// A multiple of the lot, and not below the smallest order.
std::optional<Rejection> check_size(const rest::MarketResponse& market, Decimal size);
/// Everything that can be said of an order's price and size without looking at the book or the wallet.
std::optional<Rejection> check_amounts(const rest::MarketResponse& market, const gw::Order& order);

/// The engine's refusal in words.
Rejection rejection_of(Refusal refusal);

} // namespace omen::sandbox
