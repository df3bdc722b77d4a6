// The gateway client against a scripted server on a real socket: we send this, it answers that, then this must happen.

#include "client/session/gateway.hpp"
#include "client/session/gateway_error.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"

namespace omen::gateway_test {

using test::accept_auth;
using test::error_of;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

Gateway gateway_to(const ScriptedServer& server, Gateway::Options options = {}) {
    if (options.deadline.is_never()) options.deadline = Deadline::after(Milliseconds(5000));
    return Gateway(server.url(), test::good_token(), options);
}

/// Answers a read of the open orders: there are none.
void answer_orders(ScriptedConnection& client, const gw::GetOrders& command) {
    reply(client, gw::Orders{.id = command.id, .wallet = "0x1", .orders = {}, .sequence = {}});
}

gw::GetOrders read_orders(ScriptedConnection& client) {
    return wire::decode<gw::GetOrders>(client.read());
}

} // namespace

TEST_CASE("auth and the first command leave before any answer has come") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        const auto command = read_orders(client);
        reply(client, gw::Authenticated{
                          .id = auth.id, .account = "default", .wallet = {}, .permissions = {}, .expires_at = {}});
        answer_orders(client, command);
    });
    CHECK(gateway_to(server).call(gw::GetOrders{}).wallet == "0x1");
    server.finish();
}

TEST_CASE("without pipelining the first command waits for auth's answer") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        answer_orders(client, read_orders(client));
    });
    CHECK(gateway_to(server, {.deadline = {}, .pipeline = false}).call(gw::GetOrders{}).orders.empty());
}

TEST_CASE("a command refused as unauthenticated beside its auth is sent once more") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        const auto first = read_orders(client);
        reply(client, gw::ErrorReply{
                          .id = first.id, .code = "unauthenticated", .message = "wait for auth", .retry_after_ms = {}});
        reply(client, gw::Authenticated{
                          .id = auth.id, .account = "default", .wallet = {}, .permissions = {}, .expires_at = {}});
        const auto second = read_orders(client);
        if (second.id == first.id) throw std::runtime_error("the same id");
        answer_orders(client, second);
    });
    CHECK(gateway_to(server).call(gw::GetOrders{}).orders.empty());
    server.finish();
}

TEST_CASE("a command refused as unauthenticated twice is not sent a third time") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        for (int i = 0; i < 2; ++i)
            reply(client,
                  gw::ErrorReply{
                      .id = read_orders(client).id, .code = "unauthenticated", .message = "no", .retry_after_ms = {}});
        client.read();
    });
    auto gateway = gateway_to(server);
    CHECK(error_of([&] { gateway.call(gw::GetOrders{}); }).exit_code() == Exit::credentials);
}

TEST_CASE("a refused auth is a credentials error, whatever else was sent") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        reply(client,
              gw::ErrorReply{.id = auth.id, .code = "unauthenticated", .message = "bad token", .retry_after_ms = {}});
    });
    auto gateway = gateway_to(server);
    const auto error = error_of([&] { gateway.call(gw::GetOrders{}); });
    CHECK(error.exit_code() == Exit::credentials);
    CHECK(std::string(error.what()) == "auth: bad token (unauthenticated)");
}

TEST_CASE("a read whose answer is lost is unreachable; one whose answer makes no sense is a protocol error") {
    ScriptedServer lost([](ScriptedConnection& client) {
        accept_auth(client);
        client.read();
    });
    auto gateway = gateway_to(lost);
    CHECK(error_of([&] { gateway.call(gw::GetBalance{}); }).exit_code() == Exit::unreachable);

    ScriptedServer nonsense([](ScriptedConnection& client) {
        accept_auth(client);
        const auto command = wire::decode<gw::GetBalance>(client.read());
        reply(client, gw::Pong{.id = command.id, .timestamp = {}});
    });
    auto other = gateway_to(nonsense);
    CHECK(error_of([&] { other.call(gw::GetBalance{}); }).exit_code() == Exit::protocol);
}

TEST_CASE("events and other replies that come first are kept, not lost and not taken for the answer") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        const auto first = wire::decode<gw::GetBalance>(client.read());
        const auto second = read_orders(client);
        reply(client,
              gw::DropCopyGap{.wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 2, .next_sequence = 3});
        answer_orders(client, second);
        reply(client, gw::Balance{.id = {}, .wallet = "event", .total = Decimal{}, .sequence = {}});
        reply(client, gw::Balance{.id = first.id, .wallet = "reply", .total = Decimal{}, .sequence = {}});
    });
    auto gateway = gateway_to(server);
    auto balance = gateway.post(gw::GetBalance{});
    auto orders = gateway.post(gw::GetOrders{});
    CHECK(gateway.await(balance).wallet == "reply");
    CHECK(gateway.await(orders).orders.empty());
    const auto soon = Deadline::after(Milliseconds(1000));
    CHECK(std::holds_alternative<gw::DropCopyGap>(*gateway.next(soon)));
    CHECK(std::get<gw::Balance>(*gateway.next(soon)).wallet == "event");
}

TEST_CASE("an error that belongs to no command is the reason when the session then ends") {
    ScriptedServer server([](ScriptedConnection& client) {
        reply(client,
              gw::ErrorReply{
                  .id = {}, .code = "too_many_sessions", .message = "64 sessions are open", .retry_after_ms = {}});
        client.close(1013);
    });
    auto gateway = gateway_to(server);
    const auto error = error_of([&] { gateway.call(gw::GetOrders{}); });
    CHECK(std::string(error.what()).find("64 sessions are open (too_many_sessions)") != std::string::npos);
    CHECK(error.exit_code() == Exit::rate_limited);
}

TEST_CASE("nobody there: unreachable") {
    Gateway gateway(Url::parse("ws://127.0.0.1:" + std::to_string(test::unused_port())), test::good_token(),
                    {.deadline = Deadline::after(Milliseconds(2000))});
    const auto error = error_of([&] { gateway.call(gw::GetOrders{}); });
    CHECK(error.exit_code() == Exit::unreachable);
    CHECK(error.retryable());
}

TEST_CASE("a refused auth is the answer to every command behind it, at once") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        reply(client,
              gw::ErrorReply{.id = auth.id, .code = "token_expired", .message = "too late", .retry_after_ms = {}});
        client.wait_until_closed();
    });
    auto gateway = gateway_to(server);
    const auto first = gateway.post(gw::GetOrders{});
    const auto second = gateway.post(gw::GetBalance{});
    CHECK(error_of([&] { gateway.await(first); }).exit_code() == Exit::credentials);
    CHECK(error_of([&] { gateway.await(second); }).exit_code() == Exit::credentials);
}

TEST_CASE("without pipelining, a session that ends before auth is answered: unreachable, and nothing was sent") {
    ScriptedServer server([](ScriptedConnection& client) { client.read(); });
    auto gateway = gateway_to(server, {.deadline = {}, .pipeline = false});
    CHECK(error_of([&] { gateway.call(gw::GetOrders{}); }).exit_code() == Exit::unreachable);
}

} // namespace omen::gateway_test
