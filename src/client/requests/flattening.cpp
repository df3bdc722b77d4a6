#include "client/requests/flattening.hpp"

#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>

namespace omen::trading {

namespace {

constexpr Backoff::Options patience{.first = Milliseconds(100), .longest = Milliseconds(2'000)};

/// Whether what was refused may be taken in a while: nothing of it was done.
bool may_pass(const Error& error) {
    using namespace code;
    const auto is = [&](auto... codes) { return ((error.detail().code == codes) || ...); };
    return error.retryable() ||
           (error.fault() == Fault::refused && is(not_filled, would_not_fill, reduce_only, market_halted));
}

/// Nothing for a side that is not known here.
std::optional<Side> closing_side(const rest::PositionResponse& position) {
    const auto side = position.side.known();
    if (!side) return std::nullopt;
    return side == PositionSide::long_ ? Side::sell : Side::buy;
}

} // namespace

std::optional<Clock::time_point> Flattening::next(const Positions& positions) const {
    auto soonest = Clock::time_point::max();
    for (const auto& position : positions) {
        const auto market = markets_.find(position.market_id);
        soonest = std::min(soonest, market == markets_.end() ? Clock::time_point::min() : market->second.next);
    }
    return soonest == Clock::time_point::max() ? std::nullopt : std::optional(soonest);
}

std::vector<gw::Order> Flattening::orders(const Positions& positions, Clock::time_point now) {
    std::vector<gw::Order> orders;
    for (const auto& position : positions) {
        auto& market = markets_.try_emplace(position.market_id, Market{Backoff(patience, seed_)}).first->second;
        if (market.next > now) continue;
        const auto side = closing_side(position);
        if (!side) {
            market.next = Clock::time_point::max();
            market.failure = Error(Fault::protocol, "a position of side \"" + std::string(to_string(position.side)) +
                                                        "\" is not known here");
            continue;
        }
        orders.push_back({.client_order_id = mint_client_order_id(),
                          .market_id = position.market_id,
                          .side = *side,
                          .order_type = OrderType::market,
                          .size = position.size,
                          .time_in_force = TimeInForce::ioc,
                          .reduce_only = true});
    }
    return orders;
}

void Flattening::on(const Result& result, Clock::time_point now) {
    auto& market = markets_.at(*std::get<gw::Order>(result.request).market_id);
    market.failure.reset();
    if (const auto* error = std::get_if<Error>(&result.outcome)) {
        market.failure = *error;
        market.next = may_pass(*error) ? now + market.backoff.pause(now) : Clock::time_point::max();
        return;
    }
    // How much was filled may not be known; the position tells.
    const auto& filled = result.order->filled_size;
    if (filled && filled->is_positive()) {
        market.backoff = Backoff(patience, seed_);
        market.next = now;
    } else {
        market.next = now + market.backoff.pause(now);
    }
}

const Error* Flattening::failure(const MarketId& market) const {
    const auto found = markets_.find(market);
    return found == markets_.end() || !found->second.failure ? nullptr : &*found->second.failure;
}

} // namespace omen::trading
