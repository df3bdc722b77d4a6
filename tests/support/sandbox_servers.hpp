#pragma once

#include "sandbox/access/token.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/generator.hpp"
#include "sandbox/rest/api.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/market_data_server.hpp"
#include "sandbox/servers/truth_log.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen::sandbox {

using namespace omen::literals;

inline constexpr auto wallet = "0x00000000000000000000000000000000000000aa";

/// A client in memory, in place of a socket.
struct Wire : Session {
    void send(Message message) override { sent.push_back(*message); }
    void close(std::uint16_t code) override { closed = code; }
    void later(Milliseconds delay, std::function<void()> act) override { late.emplace_back(delay, std::move(act)); }
    void cut(Message message) override {
        sent.push_back(*message);
        broken = "cut";
    }
    void stall_within(Message message) override {
        sent.push_back(*message);
        broken = "stalled within";
    }
    void end_stream() override { broken = "ended"; }
    void reset() override { broken = "reset"; }
    void stall() override { broken = "stalled"; }
    bool is_behind() const override { return behind; }
    const std::string& address() const override { return ip; }

    /// The next message, decoded; a test that expects more than was sent fails.
    template <class T> T next() {
        REQUIRE(read < sent.size());
        return wire::decode<T>(sent[read++]);
    }
    bool is_empty() const { return read == sent.size(); }

    std::string ip = "127.0.0.1";
    std::vector<std::string> sent;
    std::size_t read = 0;
    std::optional<std::uint16_t> closed;
    std::vector<std::pair<Milliseconds, std::function<void()>>> late{}; ///< what has yet to be done
    std::string broken{};                                               ///< by which of the faults' verbs
    bool behind = false;
};

/// An exchange with its servers, and neither sockets nor time that passes by itself; the account "alice" is linked and
/// funded.
struct Servers : ExchangeListener {
    explicit Servers(Limits limits_in = {})
        : limits(limits_in),
          exchange(flow.markets(), {.executions_kept = limits.drop_copy_retention}),
          gateway(exchange, clock, authority, limits, faults, log),
          feed(exchange, clock, limits, faults),
          api(exchange, clock, authority) {
        const auto now = clock.exchange();
        flow.open(exchange, now);
        exchange.link("alice", wallet, now);
        exchange.fund(wallet, Decimal::whole(1'000'000));
        exchange.set_listener(this);
    }
    void on_execution(const gw::Execution& event) override { gateway.publish(event); }
    void on_account(const std::string& name) override { gateway.publish_account(name); }
    void on_book(const md::OrderbookDelta& event) override {
        feed.publish({ChannelKind::orderbook, event.market_id}, event);
    }

    std::string token(const std::string& account = "alice", Milliseconds ttl = std::chrono::hours(1),
                      std::vector<Permission> permissions = {Permission::read, Permission::trade}) const {
        return authority.mint(account, permissions, ttl, clock.machine());
    }
    RestReply rest(const std::string& method, const std::string& target, const std::string& bearer = {},
                   const std::string& body = {}) {
        return api.handle({method, target, bearer.empty() ? "" : "Bearer " + bearer, body});
    }

    Limits limits;
    VirtualClock clock;
    test::TemporaryDirectory state;
    TokenAuthority authority{state.path()};
    Generator flow{1};
    Exchange exchange;
    FaultPlan faults;
    FailureReport failures;
    TruthLog log{state.path("log"), IfThere::replace, clock, failures};
    GatewayServer gateway;
    MarketDataServer feed;
    RestApi api;
};

/// A gateway session.
struct RawTrader {
    explicit RawTrader(Servers& servers, const std::string& token = {}) : RawTrader(servers.gateway, token) {}
    explicit RawTrader(GatewayServer& gateway, const std::string& token = {}) : handler(gateway.open(wire)) {
        if (!token.empty()) {
            command(gw::Auth{.id = 1, .token = token});
            wire.next<gw::Authenticated>();
        }
    }
    template <class T> void command(const T& message) { handler->on_message(wire::encode(message), true); }
    template <class Reply, class T> Reply ask(const T& message) {
        command(message);
        return wire.next<Reply>();
    }

    Wire wire;
    std::unique_ptr<SessionHandler> handler;
};

inline gw::Order bid(const std::string& client_order_id, Decimal price = 60000_d) {
    return {.id = 5,
            .client_order_id = {client_order_id},
            .market_id = MarketId(1),
            .side = Side::buy,
            .price = price,
            .size = 0.01_d};
}

} // namespace omen::sandbox
