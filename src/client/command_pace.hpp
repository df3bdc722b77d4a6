#pragma once

#include "client/order_record.hpp"
#include "core/token_bucket.hpp"

namespace omen {

/// Keeps a session's trading commands to the exchange's documented limits, 100 orders or amends and 200 cancels a
/// second and 50 at once, so that none is refused for coming too fast.
class CommandPace {
  public:
    /// How long until a command like this may leave; zero where it may now.
    Clock::duration wait(const TradingCommand& command) const { return bucket_of(command).wait(Clock::now()); }
    /// A command leaves.
    void take(const TradingCommand& command) { bucket_of(command).take(Clock::now()); }

  private:
    static bool takes_order_token(const TradingCommand& command) {
        return std::holds_alternative<gw::Order>(command) || std::holds_alternative<gw::Amend>(command);
    }
    const TokenBucket& bucket_of(const TradingCommand& command) const {
        return takes_order_token(command) ? orders_ : cancels_;
    }
    TokenBucket& bucket_of(const TradingCommand& command) { return takes_order_token(command) ? orders_ : cancels_; }

    /// A little smaller than the exchange's, because what leaves evenly may arrive in a bunch.
    static constexpr std::uint32_t burst = 45;

    TokenBucket orders_{100, burst};
    TokenBucket cancels_{200, burst};
};

} // namespace omen
