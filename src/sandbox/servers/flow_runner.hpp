#pragma once

#include "core/time.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstddef>

namespace omen::sandbox {

class Exchange;
class MarketDataServer;
class MarketFlow;
class FailureReport;
class MarketClock;

/// Lets a market flow's steps come in time, at the pace of the markets' clock, which it starts, stops and puts forward.
/// A step that fails is reported, and the next one comes in its time.
class FlowRunner {
  public:
    struct Options {
        std::size_t start_after = 0;        ///< this many book subscriptions come before the first step
        bool waits_for_subscribers = false; ///< though the flow doesn't
    };

    FlowRunner(boost::asio::io_context& io, MarketFlow& flow, Exchange& exchange, MarketClock& clock,
               MarketDataServer& feed, FailureReport& failures, Options options);
    ~FlowRunner();
    FlowRunner(const FlowRunner&) = delete;
    FlowRunner& operator=(const FlowRunner&) = delete;

  private:
    void run();
    void run_at(Clock::time_point time);
    /// Whether it is time for the next step; otherwise what comes next has been set up.
    bool may_step();
    bool must_wait_for_subscribers() const;
    /// There is a subscription more, or a subscriber has caught up: goes on if it stood still for that.
    void wake();

    boost::asio::steady_timer timer_;
    MarketFlow& flow_;
    Exchange& exchange_;
    MarketClock& clock_;
    MarketDataServer& feed_;
    FailureReport& failures_;
    Options options_;
    bool started_ = false;
    bool stands_still_ = false; ///< until wake()
};

} // namespace omen::sandbox
