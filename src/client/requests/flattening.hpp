#pragma once

#include "client/trading/engine_events.hpp"
#include "protocol/rest.hpp"
#include "system/backoff.hpp"

#include <map>
#include <optional>
#include <vector>

namespace omen::trading {

/// Decides what is sent to make positions flat, and when: a reduce-only market order for each position, again for what
/// is left of it. Where an order filled nothing, or was refused for what may pass, the next one waits, longer each
/// time; where it was refused for good, or its outcome is unknown, there is no next one. No I/O and no clock.
class Flattening {
  public:
    using Positions = std::vector<rest::PositionResponse>;

    explicit Flattening(unsigned seed) : seed_(seed) {}

    /// When the next order may be sent for one of these positions: the past for one that was not tried yet. Nothing:
    /// never.
    std::optional<Clock::time_point> next(const Positions& positions) const;
    /// The orders to send now, for positions as they were read after the last results.
    std::vector<gw::Order> orders(const Positions& positions, Clock::time_point now);
    /// What became of one of them.
    void on(const Result& result, Clock::time_point now);
    /// Why the last order for a market did not do what it was to do; nothing where it was taken, whatever it filled.
    const Error* failure(const MarketId& market) const;

  private:
    struct Market {
        Backoff backoff;
        Clock::time_point next = Clock::time_point::min(); ///< max: never
        std::optional<Error> failure{};
    };

    unsigned seed_;
    std::map<MarketId, Market> markets_;
};

} // namespace omen::trading
