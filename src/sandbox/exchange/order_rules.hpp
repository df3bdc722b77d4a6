#pragma once

#include "sandbox/exchange/terms.hpp"
#include "sandbox/matching/matching_engine.hpp"

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
std::optional<Rejection> check_form(const OrderTerms& order);
/// Positive, and a multiple of the tick.
std::optional<Rejection> check_price(const MarketTerms& market, Decimal price);
/// A multiple of the lot, and not below the smallest order.
std::optional<Rejection> check_size(const MarketTerms& market, Decimal size);
/// Everything that can be said of an order's price and size without looking at the book or the wallet.
std::optional<Rejection> check_amounts(const MarketTerms& market, const OrderTerms& order);

/// The engine's refusal in words.
Rejection rejection_of(Refusal refusal);

} // namespace omen::sandbox
