#pragma once

#include "core/time.hpp"
#include "protocol/rest.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace omen::sandbox {

class Exchange;

/// What the house shows and does: where the sandbox's prices come from. Steps without sockets and clock; somebody else
/// (FlowRunner) sees to it that they come in time.
class MarketFlow {
  public:
    virtual ~MarketFlow() = default;

    virtual std::vector<rest::MarketResponse> markets() const = 0;
    /// Fills the exchange with books and past trades as they are at the start. Nothing is published.
    virtual void open(Exchange& exchange, Timestamp now) = 0;
    /// When the next step is due, counted from the start; nothing when the flow has ended.
    virtual std::optional<std::chrono::microseconds> due() const = 0;
    virtual void step(Exchange& exchange, Timestamp now) = 0;
    /// Whether the flow stands still while a subscriber is behind, so that nobody misses anything.
    virtual bool waits_for_subscribers() const = 0;
};

} // namespace omen::sandbox
