// The exchange with its gateway, driven in memory: no socket, no key, and time that passes when it is told to.

#include "protocol/codes.hpp"
#include "support/catch.hpp"
#include "support/sandbox_servers.hpp"
#include "support/sandbox_world.hpp"
#include "support/virtual_clock.hpp"

namespace omen::virtual_time_test {

using namespace omen::sandbox;
using namespace omen::literals;
using namespace std::chrono_literals;

namespace {

/// A token is the name of its account, and good for an hour from the start.
struct NamesAsTokens : TokenVerifier {
    std::variant<Identity, AuthRefusal> verify(std::string_view token, Timestamp now) const override {
        Identity identity{.account = std::string(token),
                          .permissions = {Permission::read, Permission::trade},
                          .expires_at = {VirtualClock().machine().ms + 3'600'000}};
        if (identity.has_expired(now)) return AuthRefusal{code::token_expired, "an hour has passed"};
        return identity;
    }
};

struct Simulation : World {
    Simulation() { exchange.link("alice", alice, clock.exchange()); }
    void on_execution(const gw::Execution& execution) override { gateway.publish(execution); }
    void on_account(const std::string& name) override { gateway.publish_account(name); }

    VirtualClock clock;
    NamesAsTokens tokens;
    FaultPlan faults;
    FailureReport failures;
    TruthLog log{"", IfThere::refuse, clock, failures};
    GatewayServer gateway{exchange, clock, tokens, {}, faults, log};
};

} // namespace

TEST_CASE("an order and its executions bear the exchange's time, to the millisecond") {
    Simulation simulation;
    RawTrader trader(simulation.gateway, "alice");
    CHECK(trader.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "drop_copy"}).sequence == 0U);
    simulation.clock.advance(1234ms);
    simulation.clock.markets_ahead = 8h;

    trader.command(simulation.limit(Side::buy, 101_d, 1_d));
    const auto accepted = trader.wire.next<gw::Execution>();
    const auto filled = trader.wire.next<gw::Execution>();
    const auto answer = trader.wire.next<gw::OrderAccepted>();

    const Timestamp now{1'700'000'001'234 + 8 * 3'600'000};
    CHECK(accepted.sequence == 1);
    CHECK(accepted.timestamp == now);
    CHECK(filled.sequence == 2);
    CHECK(filled.timestamp == now);
    CHECK(answer.status == OrderStatus::filled);
    CHECK(answer.timestamp == now);
    CHECK(trader.ask<gw::Pong>(gw::Ping{.id = 3}).timestamp == now);
}

TEST_CASE("a token expires by the machine's time, wherever the markets are") {
    Simulation simulation;
    simulation.clock.markets_ahead = 24h;
    RawTrader trader(simulation.gateway, "alice");
    trader.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "drop_copy"});

    simulation.clock.advance(1h - 1ms);
    simulation.gateway.tick();
    CHECK(trader.wire.is_empty());
    CHECK(trader.ask<gw::Balance>(gw::GetBalance{.id = 3}).id == 3U);

    simulation.clock.advance(1ms);
    simulation.gateway.tick();
    CHECK(trader.wire.next<gw::ErrorReply>().code == code::token_expired);
    CHECK(trader.ask<gw::ErrorReply>(gw::GetBalance{.id = 4}).code == code::token_expired);
    CHECK(trader.ask<gw::ErrorReply>(gw::Auth{.id = 5, .token = "alice"}).code == code::token_expired);
}

TEST_CASE("a bucket gets its next token when the time has come, and not before") {
    Simulation simulation;
    RawTrader trader(simulation.gateway, "alice");
    const auto place = [&] { trader.command(simulation.limit(Side::buy, 1_d, 0.2_d)); };
    for (std::uint32_t burst = limits::burst; burst > 0; --burst) {
        place();
        trader.wire.next<gw::OrderAccepted>();
    }
    place();
    CHECK(trader.wire.next<gw::OrderRejected>().code == code::rate_limited);

    simulation.clock.advance(1000ms / limits::orders_per_second - 1ms);
    place();
    CHECK(trader.wire.next<gw::OrderRejected>().message == "too many commands; the next one may come in 1 ms");

    simulation.clock.advance(1ms);
    place();
    CHECK(trader.wire.next<gw::OrderAccepted>().status == OrderStatus::open);
    place();
    CHECK(trader.wire.next<gw::OrderRejected>().code == code::rate_limited);
}

} // namespace omen::virtual_time_test
