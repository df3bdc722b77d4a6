// The gateway client against a scripted server on a real socket: we send this, it answers that, then this must happen.

#include "client/session/gateway.hpp"
#include "client/session/gateway_error.hpp"
#include "client/trading/order_lookup.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"

namespace omen::gateway_test {

using namespace omen::literals;
using test::accept_auth;
using test::accepted;
using test::error_of;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

const OrderRef c_1{.client_order_id = ClientOrderId{"c-1"}};
const gw::Order an_order{.client_order_id = {"c-1"},
                         .market_id = MarketId(1),
                         .price = 100_d,
                         .size = 2_d,
                         .time_in_force = TimeInForce::gtc};

Gateway gateway_to(const ScriptedServer& server, Gateway::Options options = {}) {
    if (options.deadline.is_never()) options.deadline = Deadline::after(Milliseconds(5000));
    return Gateway(server.url(), test::good_token(), options);
}

/// The error of an order whose answer is whatever the script makes of it.
Error order_error(std::function<void(ScriptedConnection&, const gw::Order&)> script,
                  Milliseconds timeout = Milliseconds(5000)) {
    ScriptedServer server([script](ScriptedConnection& client) {
        accept_auth(client);
        script(client, wire::decode<gw::Order>(client.read()));
    });
    auto gateway = gateway_to(server, {.deadline = Deadline::after(timeout)});
    return error_of([&] { gateway.call(an_order); });
}

} // namespace

TEST_CASE("auth and the first command leave before any answer has come") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        const auto order = wire::decode<gw::Order>(client.read());
        reply(client, gw::Authenticated{
                          .id = auth.id, .account = "default", .wallet = {}, .permissions = {}, .expires_at = {}});
        reply(client, accepted(order));
    });
    CHECK(gateway_to(server).call(an_order).order_id == OrderId{"o-c-1"});
    server.finish();
}

TEST_CASE("without pipelining the first command waits for auth's answer") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        reply(client, accepted(wire::decode<gw::Order>(client.read())));
    });
    CHECK(gateway_to(server, {.deadline = {}, .pipeline = false}).call(an_order).status == OrderStatus::open);
}

TEST_CASE("an order refused as unauthenticated beside its auth is sent once more, with the same client order id") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        const auto first = wire::decode<gw::Order>(client.read());
        reply(client, gw::ErrorReply{
                          .id = first.id, .code = "unauthenticated", .message = "wait for auth", .retry_after_ms = {}});
        reply(client, gw::Authenticated{
                          .id = auth.id, .account = "default", .wallet = {}, .permissions = {}, .expires_at = {}});
        const auto second = wire::decode<gw::Order>(client.read());
        if (second.client_order_id != first.client_order_id || second.id == first.id)
            throw std::runtime_error("not the same");
        reply(client, accepted(second));
    });
    CHECK(gateway_to(server).call(an_order).client_order_id == ClientOrderId{"c-1"});
    server.finish();
}

TEST_CASE("an order refused as unauthenticated twice is not sent a third time") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        for (int i = 0; i < 2; ++i) {
            const auto order = wire::decode<gw::Order>(client.read());
            reply(client,
                  gw::OrderRejected{.id = order.id, .client_order_id = {}, .code = "unauthenticated", .message = "no"});
        }
        client.read();
    });
    auto gateway = gateway_to(server);
    CHECK(error_of([&] { gateway.call(an_order); }).exit_code() == Exit::credentials);
}

TEST_CASE("a refused auth is a credentials error, whatever else was sent") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        reply(client,
              gw::ErrorReply{.id = auth.id, .code = "unauthenticated", .message = "bad token", .retry_after_ms = {}});
    });
    auto gateway = gateway_to(server);
    const auto error = error_of([&] { gateway.call(an_order); });
    CHECK(error.exit_code() == Exit::credentials);
    CHECK(std::string(error.what()) == "auth: bad token (unauthenticated)");
}

TEST_CASE("a rejected order is refused, with code and client order id") {
    const auto error = order_error([](ScriptedConnection& client, const gw::Order& order) {
        reply(client, gw::OrderRejected{.id = order.id,
                                        .client_order_id = order.client_order_id,
                                        .code = "would_cross",
                                        .message = "it would"});
    });
    CHECK(error.exit_code() == Exit::refused);
    CHECK(error.detail().code == "would_cross");
    CHECK(error.detail().client_order_id == "c-1");
}

TEST_CASE("an internal error leaves an order's outcome unknown") {
    const auto error = order_error([](ScriptedConnection& client, const gw::Order& order) {
        reply(client, gw::ErrorReply{.id = order.id, .code = "internal", .message = "oops", .retry_after_ms = {}});
    });
    CHECK(error.exit_code() == Exit::outcome_unknown);
    CHECK(error.detail().hint == "check with: omenctl orders --client-id c-1");
}

TEST_CASE("a connection lost after an order was sent leaves its outcome unknown") {
    const auto closed = order_error([](ScriptedConnection& client, const gw::Order&) { client.close(1011, "down"); });
    CHECK(closed.exit_code() == Exit::outcome_unknown);
    const auto reset = order_error([](ScriptedConnection& client, const gw::Order&) { client.reset(); });
    CHECK(reset.exit_code() == Exit::outcome_unknown);
    CHECK(reset.detail().client_order_id == "c-1");
}

TEST_CASE("no answer to an order before the deadline: its outcome is unknown") {
    const auto error = order_error([](ScriptedConnection& client, const gw::Order&) { client.wait_until_closed(); },
                                   Milliseconds(200));
    CHECK(error.exit_code() == Exit::outcome_unknown);
}

TEST_CASE("garbage instead of an order's answer: its outcome is unknown, and the reason names the fault") {
    const auto no_msgpack = order_error([](ScriptedConnection& client, const gw::Order&) { client.write("\xc1"); });
    CHECK(no_msgpack.exit_code() == Exit::outcome_unknown);
    const auto wrong_type = order_error([](ScriptedConnection& client, const gw::Order& order) {
        auto bytes = wire::encode(accepted(order));
        bytes.replace(bytes.find("status") + 6, 1, "\xc3"); // true, in place of the header of the text "open"
        client.write(bytes);
    });
    CHECK(wrong_type.exit_code() == Exit::outcome_unknown);
    CHECK(std::string(wrong_type.what()).find("order_accepted: status:") != std::string::npos);
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
        const auto second = wire::decode<gw::Order>(client.read());
        reply(client,
              gw::DropCopyGap{.wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 2, .next_sequence = 3});
        reply(client, accepted(second));
        reply(client, gw::Balance{.id = {}, .wallet = "event", .total = Decimal{}, .sequence = {}});
        reply(client, gw::Balance{.id = first.id, .wallet = "reply", .total = Decimal{}, .sequence = {}});
    });
    auto gateway = gateway_to(server);
    auto balance = gateway.post(gw::GetBalance{});
    auto order = gateway.post(an_order);
    CHECK(gateway.await(balance).wallet == "reply");
    CHECK(gateway.await(order).order_id == OrderId{"o-c-1"});
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

TEST_CASE("nobody there: unreachable, and surely not executed") {
    Gateway gateway(Url::parse("ws://127.0.0.1:" + std::to_string(test::unused_port())), test::good_token(),
                    {.deadline = Deadline::after(Milliseconds(2000))});
    const auto error = error_of([&] { gateway.call(an_order); });
    CHECK(error.exit_code() == Exit::unreachable);
    CHECK(error.retryable());
}

TEST_CASE("how far an answer's loss goes: this one alone, the connection, or a session that the exchange has closed") {
    const auto loss_of = [](std::function<void(ScriptedConnection&, const gw::Order&)> script) {
        ScriptedServer server([script](ScriptedConnection& client) {
            accept_auth(client);
            script(client, wire::decode<gw::Order>(client.read()));
        });
        auto gateway = gateway_to(server, {.deadline = Deadline::after(Milliseconds(300))});
        try {
            gateway.call(an_order);
        } catch (const AnswerLost& lost) {
            return lost.loss();
        }
        throw std::logic_error("not lost");
    };
    CHECK(loss_of([](ScriptedConnection& client, const gw::Order&) { client.close(1012); }) == Loss::session);
    CHECK(loss_of([](ScriptedConnection&, const gw::Order&) {}) == Loss::session);
    CHECK(loss_of([](ScriptedConnection& client, const gw::Order&) { client.reset(); }) == Loss::connection);
    CHECK(loss_of([](ScriptedConnection& client, const gw::Order&) { client.write_raw("\x82\x05ha"); }) ==
          Loss::connection);
    CHECK(loss_of([](ScriptedConnection& client, const gw::Order&) { client.write("\xc1"); }) == Loss::answer);
    CHECK(loss_of([](ScriptedConnection& client, const gw::Order&) { client.wait_until_closed(); }) == Loss::answer);
}

TEST_CASE("a refused auth is the answer to every command behind it, at once") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        reply(client,
              gw::ErrorReply{.id = auth.id, .code = "token_expired", .message = "too late", .retry_after_ms = {}});
        client.wait_until_closed();
    });
    auto gateway = gateway_to(server);
    const auto first = gateway.post(gw::Cancel{.order_id = OrderId{"1"}});
    const auto second = gateway.post(gw::Cancel{.order_id = OrderId{"2"}});
    CHECK(error_of([&] { gateway.await(first); }).exit_code() == Exit::credentials);
    CHECK(error_of([&] { gateway.await(second); }).exit_code() == Exit::credentials);
}

TEST_CASE("without pipelining, a session that ends before auth is answered: unreachable, and nothing was sent") {
    ScriptedServer server([](ScriptedConnection& client) { client.read(); });
    auto gateway = gateway_to(server, {.deadline = {}, .pipeline = false});
    CHECK(error_of([&] { gateway.call(an_order); }).exit_code() == Exit::unreachable);
}

TEST_CASE("a message over the exchange's limit is refused before it is sent") {
    ScriptedServer server([](ScriptedConnection& client) { accept_auth(client); });
    auto gateway = gateway_to(server);
    auto order = an_order;
    order.client_order_id.value.assign(70'000, 'x');
    CHECK(error_of([&] { gateway.call(order); }).exit_code() == Exit::refused_locally);
}

TEST_CASE("find_order: an open order is found without the drop-copy") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        const auto command = wire::decode<gw::GetOrders>(client.read());
        const gw::OrderState order{
            .client_order_id = ClientOrderId{"c-1"}, .filled_size = Decimal{}, .status = OrderStatus::open};
        reply(client, gw::Orders{.id = command.id, .wallet = "0x1", .orders = {order}, .sequence = {}});
    });
    auto gateway = gateway_to(server);
    CHECK(find_order(gateway, c_1, Deadline::after(Milliseconds(1000)))->status == OrderStatus::open);
}

namespace {

/// Answers get_orders with nothing open, and a drop-copy subscription with these messages; the last sequence is 3.
ScriptedServer replaying(std::vector<std::string> messages) {
    return ScriptedServer([messages](ScriptedConnection& client) {
        accept_auth(client);
        reply(client,
              gw::Orders{
                  .id = wire::decode<gw::GetOrders>(client.read()).id, .wallet = "0x1", .orders = {}, .sequence = {}});
        const auto subscribe = wire::decode<gw::Subscribe>(client.read());
        reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 3});
        for (const auto& message : messages) client.write(message);
        client.wait_until_closed();
    });
}

std::string execution(std::uint64_t sequence, const char* client_id, OrderStatus status) {
    gw::Execution event;
    event.sequence = sequence;
    event.order =
        gw::OrderState{.client_order_id = ClientOrderId{client_id}, .filled_size = Decimal{}, .status = status};
    return wire::encode(event);
}

} // namespace

TEST_CASE("find_order: the last execution up to the subscription's sequence tells the state") {
    auto server = replaying({execution(1, "c-1", OrderStatus::open), execution(2, "c-1", OrderStatus::filled),
                             execution(3, "other", OrderStatus::open)});
    auto gateway = gateway_to(server);
    CHECK(find_order(gateway, c_1, Deadline::after(Milliseconds(1000)))->status == OrderStatus::filled);
}

TEST_CASE("find_order: an id in no execution is no order of the exchange") {
    auto server = replaying({execution(1, "a", OrderStatus::open), execution(2, "b", OrderStatus::filled),
                             execution(3, "c", OrderStatus::open)});
    auto gateway = gateway_to(server);
    CHECK_FALSE(find_order(gateway, c_1, Deadline::after(Milliseconds(1000))).has_value());
}

TEST_CASE("find_order: behind a gap an absent order can't be told from an old one") {
    const gw::DropCopyGap gap{.wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 3, .next_sequence = 4};
    auto server = replaying({wire::encode(gap), execution(3, "c", OrderStatus::open)});
    auto gateway = gateway_to(server);
    const auto error = error_of([&] { find_order(gateway, c_1, Deadline::after(Milliseconds(1000))); });
    CHECK(error.detail().code == "drop_copy_gap");

    const gw::DropCopyGap nothing_kept{
        .wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 4, .next_sequence = 4};
    auto empty = replaying({wire::encode(nothing_kept)});
    auto other = gateway_to(empty);
    CHECK(error_of([&] { find_order(other, c_1, Deadline::after(Milliseconds(1000))); }).detail().code ==
          "drop_copy_gap");
}

} // namespace omen::gateway_test
