#include "sandbox/exchange/terms.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

namespace omen::sandbox {

MarketTerms MarketTerms::of(const MarketListing& market) {
    const auto needed = [&](const std::optional<Decimal>& step, const char* name) {
        if (step && step->is_positive()) return *step;
        const auto why = step ? step->text() + " is no step: it must be above zero" : "missing";
        throw Error(Fault::usage, fmt::format("market {}: {}: {}", market.symbol, name, why));
    };
    const auto initial_margin = market.initial_margin.value_or(Decimal::whole(1));
    return {.market_id = market.market_id,
            .tick_size = needed(market.tick_size, "tick_size"),
            .lot_size = needed(market.lot_size, "lot_size"),
            .min_size = market.min_size.value_or(*market.lot_size),
            .max_leverage = market.max_leverage.value_or(1),
            .initial_margin = initial_margin,
            .maintenance_margin = market.maintenance_margin.value_or(initial_margin),
            .maker_fee = market.maker_fee.value_or(Decimal{}),
            .taker_fee = market.taker_fee.value_or(Decimal{})};
}

} // namespace omen::sandbox
