#include "sandbox/servers/flow_runner.hpp"

#include "sandbox/exchange/exchange.hpp"
#include "sandbox/flow/market_clock.hpp"
#include "sandbox/flow/market_flow.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/market_data_server.hpp"

namespace omen::sandbox {

namespace {

/// Then sockets get their turn.
constexpr int steps_at_once = 64;

} // namespace

FlowRunner::FlowRunner(boost::asio::io_context& io, MarketFlow& flow, Exchange& exchange, MarketClock& clock,
                       MarketDataServer& feed, FailureReport& failures, Options options)
    : timer_(io), flow_(flow), exchange_(exchange), clock_(clock), feed_(feed), failures_(failures), options_(options) {
    feed_.on_progress([this] { wake(); });
    run_at(Clock::now());
}

FlowRunner::~FlowRunner() {
    feed_.on_progress([] {});
}

void FlowRunner::run_at(Clock::time_point time) {
    timer_.expires_at(time);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) run();
    });
}

void FlowRunner::run() {
    for (int steps = 0; steps < steps_at_once; ++steps) {
        if (!may_step()) return;
        failures_.contain([this] { flow_.step(exchange_, clock_.exchange()); });
        clock_.stop_at(flow_.due());
    }
    run_at(Clock::now());
}

bool FlowRunner::may_step() {
    stands_still_ = must_wait_for_subscribers();
    if (stands_still_) {
        clock_.stand_still();
        return false;
    }
    started_ = true;
    const auto due = flow_.due();
    clock_.stop_at(due);
    clock_.go_on();
    if (!due) return false;
    const auto at = clock_.reach(*due);
    if (at <= clock_.steady()) return true;
    run_at(at);
    return false;
}

bool FlowRunner::must_wait_for_subscribers() const {
    if (!started_ && feed_.book_subscriptions() < options_.start_after) return true;
    const bool waits = flow_.waits_for_subscribers() || options_.waits_for_subscribers;
    return waits && feed_.is_behind();
}

void FlowRunner::wake() {
    if (stands_still_ && !must_wait_for_subscribers()) {
        stands_still_ = false;
        run_at(Clock::now());
    }
}

} // namespace omen::sandbox
