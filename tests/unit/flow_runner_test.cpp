#include "sandbox/exchange.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/flow_runner.hpp"
#include "sandbox/market_data_server.hpp"
#include "sandbox/market_flow.hpp"
#include "sandbox/troubles.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace omen;
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
    MarketDataServer feed(exchange, {}, faults);
    Troubles troubles;
    const FlowRunner runner(io, flow, exchange, feed, troubles, {});
    io.run();
    CHECK(flow.steps == 3);
}
