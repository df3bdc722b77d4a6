#include "client/markets/order_checks.hpp"

#include "core/error.hpp"

namespace omen {

namespace {

std::string nearest_values(Decimal value, Decimal step) {
    const auto below = floor_to(value, step);
    const auto above = below + step;
    if (!below.is_positive()) return "use " + above.text();
    return "use " + below.text() + " or " + above.text();
}

/// The tick or lot size, without which no order can be checked.
Decimal step_of(const rest::MarketResponse& market, const std::optional<Decimal>& step, const char* field) {
    if (step && step->is_positive()) return *step;
    const auto why = step ? ": the exchange says that its " + std::string(field) + " is " + step->text()
                          : ": the exchange does not say its " + std::string(field);
    throw Error(Fault::protocol, market.symbol + why,
                {.code = "unreadable_answer", .hint = "name the market by its id to send orders unchecked"});
}

} // namespace

void check_against_market(const rest::MarketResponse& market, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    const auto refuse = [&](std::string why, std::string hint, const char* code) {
        throw Error(Fault::refused_locally, market.symbol + ": " + why, {.code = code, .hint = std::move(hint)});
    };
    if (price) {
        const auto tick = step_of(market, market.tick_size, "tick_size");
        if (!price->is_multiple_of(tick))
            refuse("price " + price->text() + " is not a multiple of the tick " + tick.text(),
                   nearest_values(*price, tick), "invalid_price");
    }
    if (!size) return;
    const auto lot = step_of(market, market.lot_size, "lot_size");
    if (market.min_size && *size < *market.min_size)
        refuse("size " + size->text() + " is under the minimum " + market.min_size->text(),
               "use at least " + market.min_size->text(), "invalid_size");
    if (!size->is_multiple_of(lot))
        refuse("size " + size->text() + " is not a multiple of the lot " + lot.text(), nearest_values(*size, lot),
               "invalid_size");
}

void check_against_market(Markets& markets, const Market& market, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    if (!market.details) return;
    try {
        check_against_market(*market.details, price, size);
    } catch (const Error&) {
        const auto now = markets.refreshed(market.id);
        if (!now) throw;
        check_against_market(*now->details, price, size);
    }
}

} // namespace omen
