#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/market_clock.hpp"
#include "sandbox/flow/market_flow.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/flow_runner.hpp"
#include "sandbox/servers/market_data_server.hpp"
#include "support/catch.hpp"
#include "support/sandbox_servers.hpp"

#include <boost/asio/io_context.hpp>

namespace omen::flow_runner_test {

using namespace omen::sandbox;

namespace {

/// Three steps, a millisecond apart; the second one fails.
struct Failing : MarketFlow {
    std::vector<rest::MarketResponse> markets() const override { return {}; }
    void open(Exchange&, Timestamp) override {}
    std::optional<std::chrono::microseconds> due() const override {
        return steps < 3 ? std::optional(std::chrono::microseconds(1000 * steps)) : std::nullopt;
    }
    void step(Exchange&, Timestamp) override {
        if (++steps == 2) throw DecimalError("a step that fails on purpose");
    }
    bool waits_for_subscribers() const override { return false; }

    int steps = 0;
};

} // namespace

TEST_CASE("a step of the market flow that fails does not stop those behind it") {
    boost::asio::io_context io;
    Failing flow;
    Exchange exchange({});
    FaultPlan faults;
    MarketClock clock(1);
    MarketDataServer feed(exchange, clock, {}, faults);
    FailureReport failures;
    const FlowRunner runner(io, flow, exchange, clock, feed, failures, {});
    io.run();
    CHECK(flow.steps == 3);
}

TEST_CASE("markets that run faster than life wait for a subscriber who is behind; at their own pace they don't") {
    Servers servers;
    Wire session;
    const auto subscriber = servers.feed.open(session);
    subscriber->on_message(wire::encode(md::Subscribe{.channel = "orderbook:1:0"}), true);
    session.behind = true;
    const auto steps_at = [&](std::optional<std::uint32_t> speed) {
        boost::asio::io_context io;
        Failing flow;
        FailureReport failures;
        MarketClock clock(speed);
        const FlowRunner runner(io, flow, servers.exchange, clock, servers.feed, failures,
                                {.waits_for_subscribers = speed != 1});
        io.run();
        return flow.steps;
    };
    CHECK(steps_at(1) == 3);
    CHECK(steps_at(2) == 0);
    CHECK(steps_at(std::nullopt) == 0);
    session.behind = false;
    CHECK(steps_at(2) == 3);
}

} // namespace omen::flow_runner_test
