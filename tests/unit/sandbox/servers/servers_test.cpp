#include "core/error.hpp"
#include "protocol/codes.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/sandbox.hpp"
#include "support/catch.hpp"
#include "support/sandbox_servers.hpp"

#include <cstdlib>

namespace omen::sandbox_servers_test {

using namespace omen::sandbox;
using namespace omen::literals;

namespace {

gw::Subscribe drop_copy(std::optional<std::uint64_t> from) {
    return {.id = 9, .channel = "drop_copy", .from_sequence = from};
}

} // namespace

TEST_CASE("before auth the gateway answers pings and nothing else") {
    Servers servers;
    RawTrader trader(servers);
    CHECK(trader.ask<gw::Pong>(gw::Ping{.id = 3}).id == 3);
    const auto error = trader.ask<gw::ErrorReply>(bid("a"));
    CHECK(error.id == 5U);
    CHECK(error.code == code::unauthenticated);
}

TEST_CASE("auth and the next command may travel together") {
    Servers servers;
    RawTrader trader(servers);
    trader.command(gw::Auth{.id = 1, .token = servers.token()});
    trader.command(bid("a"));
    CHECK(trader.wire.next<gw::Authenticated>().wallet == wallet);
    CHECK(trader.wire.next<gw::OrderAccepted>().status == OrderStatus::open);
}

TEST_CASE("a session may authenticate again, but for no other account") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    CHECK(trader.ask<gw::Authenticated>(gw::Auth{.id = 2, .token = servers.token()}).account == "alice");
    CHECK(trader.ask<gw::ErrorReply>(gw::Auth{.id = 3, .token = servers.token("bob")}).code == code::wallet_scope);
}

TEST_CASE("the gateway refuses what the token does not permit") {
    Servers servers;
    RawTrader reader(servers, servers.token("alice", std::chrono::hours(1), {Permission::read}));
    CHECK(reader.ask<gw::ErrorReply>(bid("a")).code == code::insufficient_permission);
    CHECK(reader.ask<gw::Balance>(gw::GetBalance{.id = 6}).id == 6U);
    RawTrader unlinked(servers, servers.token("bob"));
    CHECK(unlinked.ask<gw::ErrorReply>(gw::GetBalance{.id = 6}).code == code::wallet_not_linked);
}

TEST_CASE("a malformed message is answered, and the session lives on") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    const auto bad = GENERATE(std::string("\xc1"), std::string(), std::string("\x80"),
                              wire::json_to_msgpack(R"({"type":"order","id":5,"size":1})"),
                              wire::json_to_msgpack(R"({"type":"nonsense","id":5})"));
    trader.handler->on_message(bad, true);
    const auto error = trader.wire.next<gw::ErrorReply>();
    CHECK(error.code == code::invalid_message);
    CHECK(error.id == (bad.size() > 1 ? std::optional<std::uint64_t>(5) : std::nullopt));
    CHECK(trader.ask<gw::Pong>(gw::Ping{.id = 6}).id == 6);
}

TEST_CASE("a message that is too large gets an error, then the close") {
    Servers servers;
    RawTrader trader(servers);
    trader.handler->on_too_large();
    CHECK(trader.wire.next<gw::ErrorReply>().code == code::message_too_large);
    CHECK(trader.wire.closed == 1009);
}

TEST_CASE("orders and amends share one bucket, cancels have their own") {
    Servers servers({.orders_per_second = 1, .order_burst = 1, .cancels_per_second = 1, .cancel_burst = 1});
    RawTrader trader(servers, servers.token());
    CHECK(trader.ask<gw::OrderAccepted>(bid("a")).status == OrderStatus::open);
    CHECK(trader.ask<gw::OrderRejected>(bid("b")).code == code::rate_limited);
    CHECK(trader
              .ask<gw::AmendRejected>(
                  gw::Amend{.id = 6, .order_id = {}, .client_order_id = ClientOrderId{"a"}, .price = {}, .size = 1_d})
              .code == code::rate_limited);
    CHECK(
        trader.ask<gw::CancelAccepted>(gw::Cancel{.id = 7, .order_id = {}, .client_order_id = ClientOrderId{"a"}}).id ==
        7);
    const auto error = trader.ask<gw::ErrorReply>(gw::CancelAll{.id = 8, .market_id = {}});
    CHECK(error.code == code::rate_limited);
    CHECK(error.retry_after_ms == 1000U);
}

TEST_CASE("a session too many is told so and closed; one that ends makes room") {
    Servers servers({.sessions_per_ip = 1});
    auto first = std::make_unique<RawTrader>(servers);
    Wire second;
    CHECK_FALSE(servers.gateway.open(second));
    CHECK(second.next<gw::ErrorReply>().code == code::too_many_sessions);
    CHECK(second.closed);
    Wire elsewhere;
    elsewhere.ip = "::1";
    CHECK(servers.gateway.open(elsewhere));
    first.reset();
    Wire third;
    CHECK(servers.gateway.open(third));
}

TEST_CASE("account state comes whole, and again when it has changed") {
    Servers servers;
    RawTrader watcher(servers, servers.token());
    RawTrader trader(servers, servers.token());
    CHECK(watcher.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "orders", .from_sequence = {}}).channel ==
          "orders");
    CHECK(watcher.wire.next<gw::Orders>().orders.empty());
    trader.command(bid("a"));
    const auto orders = watcher.wire.next<gw::Orders>();
    CHECK(orders.orders.size() == 1);
    CHECK(orders.sequence == 1U);
    servers.gateway.tick();
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("a drop-copy replays from where it is asked and goes on live") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    for (const auto* id : {"a", "b", "c"}) trader.command(bid(id));
    RawTrader watcher(servers, servers.token());
    CHECK(watcher.ask<gw::Subscribed>(drop_copy(2)).sequence == 3U);
    trader.command(bid("d"));
    for (const std::uint64_t sequence : {2, 3, 4}) CHECK(watcher.wire.next<gw::Execution>().sequence == sequence);
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("a drop-copy without a start is live only") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    trader.command(bid("a"));
    RawTrader watcher(servers, servers.token());
    CHECK(watcher.ask<gw::Subscribed>(drop_copy({})).sequence == 1U);
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("a drop-copy reports what is kept no longer, or not there yet") {
    Servers servers({.drop_copy_retention = 2});
    RawTrader trader(servers, servers.token());
    for (const auto* id : {"a", "b", "c", "d"}) trader.command(bid(id));
    RawTrader watcher(servers, servers.token());
    const auto [from, replayed] = GENERATE(table<std::uint64_t, std::size_t>({{1, 2}, {6, 0}}));
    watcher.ask<gw::Subscribed>(drop_copy(from));
    const auto gap = watcher.wire.next<gw::DropCopyGap>();
    CHECK(gap.requested_sequence == from);
    CHECK(gap.oldest_sequence == 3);
    CHECK(gap.next_sequence == 5);
    for (std::size_t i = 0; i < replayed; ++i) CHECK(watcher.wire.next<gw::Execution>().sequence == 3 + i);
    CHECK(watcher.wire.is_empty());
    trader.command(bid("e"));
    CHECK(watcher.wire.next<gw::Execution>().sequence == 5);
}

TEST_CASE("the next sequence, or 0, is no gap") {
    Servers servers;
    RawTrader watcher(servers, servers.token());
    watcher.ask<gw::Subscribed>(drop_copy(GENERATE(0U, 1U)));
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("a session that is behind misses no execution and gets only the latest state") {
    Servers servers;
    RawTrader watcher(servers, servers.token());
    watcher.ask<gw::Subscribed>(drop_copy({}));
    watcher.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "orders", .from_sequence = {}});
    watcher.wire.next<gw::Orders>();
    RawTrader trader(servers, servers.token());
    watcher.wire.behind = true;
    for (const auto* id : {"a", "b", "c"}) trader.command(bid(id));
    CHECK(watcher.wire.is_empty());
    watcher.wire.behind = false;
    watcher.handler->on_caught_up();
    for (const std::uint64_t sequence : {1, 2, 3}) CHECK(watcher.wire.next<gw::Execution>().sequence == sequence);
    CHECK(watcher.wire.next<gw::Orders>().orders.size() == 3);
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("an expired token ends subscriptions and refuses commands") {
    Servers servers;
    RawTrader watcher(servers, servers.token("alice", std::chrono::seconds(100)));
    watcher.ask<gw::Subscribed>(drop_copy({}));
    servers.clock.advance(std::chrono::seconds(100));
    servers.gateway.tick();
    CHECK(watcher.wire.next<gw::ErrorReply>().code == code::token_expired);
    RawTrader trader(servers, servers.token());
    trader.command(bid("a"));
    CHECK(watcher.wire.is_empty());
}

TEST_CASE("a book subscription, again too, is answered by a snapshot that the deltas go on from") {
    Servers servers;
    Wire client;
    const auto handler = servers.feed.open(client);
    for (int i = 0; i < 2; ++i) {
        handler->on_message(wire::encode(md::Subscribe{.channel = "orderbook:1:0"}), true);
        CHECK(client.next<md::Subscribed>().channel == "orderbook:1:0");
        const auto sequence = client.next<md::OrderbookSnapshot>().sequence;
        servers.exchange.set_house_levels(MarketId(1), std::vector<Level>{{50000_d, 1_d}}, {},
                                          servers.clock.exchange());
        CHECK(client.next<md::OrderbookDelta>().sequence == sequence + 1);
        CHECK(client.is_empty());
    }
    CHECK(servers.feed.book_subscriptions() == 1);
}

TEST_CASE("trades, funding and spot price begin with their present state") {
    Servers servers;
    Wire client;
    const auto handler = servers.feed.open(client);
    for (const auto* channel : {"trades:1", "funding:1", "spot_price:1"})
        handler->on_message(wire::encode(md::Subscribe{.channel = channel}), true);
    client.next<md::Subscribed>();
    const auto trades = client.next<md::TradesSnapshot>().trades;
    REQUIRE(trades.size() == 50);
    CHECK(trades.front().timestamp < trades.back().timestamp);
    client.next<md::Subscribed>();
    CHECK(client.next<md::Funding>().mark_price->is_positive());
    client.next<md::Subscribed>();
    CHECK(client.next<md::SpotPrice>().price.is_positive());
}

TEST_CASE("a channel that is not there, or is one too many, is refused by name") {
    Servers servers({.subscriptions_per_session = 1});
    Wire client;
    const auto handler = servers.feed.open(client);
    const auto refusal_of = [&](const std::string& channel) {
        handler->on_message(wire::encode(md::Subscribe{.channel = channel}), true);
        const auto error = client.next<md::ErrorEvent>();
        CHECK(error.channel == channel);
        return error.code;
    };
    CHECK(refusal_of("orderbook:9:0") == code::unknown_market);
    CHECK(refusal_of("trades:BTC-PERP") == code::unknown_market);
    CHECK(refusal_of("orderbook:1:5") == code::invalid_message);
    handler->on_message(wire::encode(md::Subscribe{.channel = "trades:1"}), true);
    client.next<md::Subscribed>();
    client.next<md::TradesSnapshot>();
    CHECK(refusal_of("trades:2") == code::too_many_subscriptions);
}

TEST_CASE("REST answers what it can't serve with a status and a code") {
    Servers servers;
    const auto [method, target, status] = GENERATE(table<std::string, std::string, int>({
        {"GET", "/health", 200},
        {"HEAD", "/health", 200},
        {"GET", "/readyz", 200},
        {"GET", "/nowhere", 404},
        {"GET", "/api/v1/ticker/BTC-PERP", 404},
        {"GET", "/api/v1/ticker/9", 404},
        {"GET", "/api/v1/trades/", 404},
        {"GET", "/api/v1/trades/1?limit=0", 400},
        {"GET", "/api/v1/trades/1?limit=1001", 400},
        {"GET", "/api/v1/orderbook/1?depth=ten", 400},
        {"GET", "/api/v1/candles/1?interval=2m", 400},
        {"GET", "/api/v1/candles/1?from=2&to=1", 400},
        {"GET", "/%4", 400},
        {"POST", "/api/v1/markets", 405},
        {"GET", "/api/v1/wallet", 401},
        {"GET", "/api/v1/positions/0x1", 401},
    }));
    const auto reply = servers.rest(method, target);
    CHECK(reply.status == status);
    if (status != 200) CHECK_FALSE(wire::decode_json<rest::ErrorResponse>(reply.body).code.value().empty());
}

TEST_CASE("a wallet is linked to one account at a time") {
    Servers servers;
    const auto bob = servers.token("bob");
    const auto body = R"({"wallet":"0x00000000000000000000000000000000000000AA"})";
    CHECK(servers.rest("GET", "/api/v1/wallet", bob).status == 404);
    CHECK(servers.rest("DELETE", "/api/v1/wallet/link", bob).status == 404);
    CHECK(servers.rest("POST", "/api/v1/wallet/link", bob, body).status == 409);
    CHECK(servers.rest("DELETE", "/api/v1/wallet/link", servers.token()).status == 204);
    CHECK(servers.rest("POST", "/api/v1/wallet/link", bob, body).status == 200);
    CHECK(wire::decode_json<rest::WalletResponse>(servers.rest("GET", "/api/v1/wallet", bob).body).wallet == wallet);
}

TEST_CASE("REST refuses what the token does not permit") {
    Servers servers;
    const auto reader = servers.token("alice", std::chrono::hours(1), {Permission::read});
    CHECK(servers.rest("DELETE", "/api/v1/wallet/link", reader).status == 403);
    CHECK(servers.rest("GET", "/api/v1/wallet", servers.token("alice", Milliseconds(0))).status == 401);
    CHECK(servers.rest("GET", std::string("/api/v1/positions/") + wallet, reader).status == 200);
    CHECK(servers.rest("GET", "/api/v1/positions/0x00000000000000000000000000000000000000bb", reader).status == 403);
    CHECK(servers.rest("POST", "/api/v1/wallet/link", servers.token(), R"({"wallet":"0x12"})").status == 400);
}

TEST_CASE("the sandbox runs a command with its variables and returns how it ended") {
    const test::TemporaryDirectory state;
    const auto status_of = [&](const std::string& script) {
        return run({.rest_port = 0,
                    .gateway_port = 0,
                    .market_data_port = 0,
                    .state_dir = state.path(),
                    .command = {"sh", "-c", script}},
                   [](const Ready&) {});
    };
    CHECK(status_of("exit 7") == 7);
    CHECK(status_of("kill -KILL $$") == 137);
    CHECK(status_of("curl -fsS $OMENCTL_REST_URL/readyz >/dev/null") == 0);
    CHECK(status_of(
              "curl -fsS -H \"Authorization: Bearer $OMENCTL_TOKEN\" $OMENCTL_REST_URL/api/v1/wallet >/dev/null") == 0);
}

TEST_CASE("a port that is taken and a command that is not there are the user's to mend") {
    const test::TemporaryDirectory state;
    const Options options{.rest_port = 0, .gateway_port = 0, .market_data_port = 0, .state_dir = state.path()};
    auto missing = options;
    missing.command = {"/no/such/command"};
    CHECK_THROWS_WITH(run(missing, [](const Ready&) {}), Catch::Contains("/no/such/command"));

    auto again = options;
    again.command = {"true"};
    const auto start_second = [&](const Ready& first) {
        auto second = options;
        const auto port = first.rest_url.substr(first.rest_url.rfind(':') + 1);
        second.rest_port = static_cast<std::uint16_t>(std::stoi(port));
        CHECK_THROWS_WITH(run(second, [](const Ready&) {}), Catch::Contains(port) && Catch::Contains("in use"));
    };
    CHECK(run(again, start_second) == 0);
}

} // namespace omen::sandbox_servers_test
