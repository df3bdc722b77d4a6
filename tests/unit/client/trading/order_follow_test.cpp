// Following an order to its end, as dialogues with a scripted exchange.

#include "client/trading/order_follow.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"

namespace omen::order_follow_test {

using namespace omen::literals;
using test::accept_auth;
using test::execution;
using test::read_command;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;
using test::state;

namespace {

const gw::Order an_order{.client_order_id = {"c-1"}, .market_id = MarketId(1), .price = 100_d, .size = 2_d};

std::string event(std::uint64_t sequence, OrderStatus status) {
    return wire::encode(execution(sequence, ExecutionEvent::filled, state(an_order, status)));
}

/// A session with a drop-copy subscription from this sequence, in which these messages come; then it ends.
ScriptedServer::Script following(std::uint64_t from, std::vector<std::string> messages, bool stays = false) {
    return [=](ScriptedConnection& client) {
        accept_auth(client);
        const auto subscribe = read_command<gw::Subscribe>(client);
        if (subscribe.from_sequence != from)
            throw std::runtime_error("from " + std::to_string(subscribe.from_sequence.value_or(0)));
        reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 9});
        for (const auto& message : messages) client.write(message);
        if (stays) client.wait_until_closed();
    };
}

/// Whether the order ended in time, and how it was in the end.
std::pair<bool, OrderStatus> follow(std::vector<ScriptedServer::Script> scripts, std::uint64_t from = 7,
                                    Milliseconds time = Milliseconds(3000)) {
    ScriptedServer server(std::move(scripts));
    const auto deadline = Deadline::after(time);
    std::optional gateway(test::gateway_to(server, deadline));
    gateway->call(gw::Subscribe{.channel = "drop_copy", .from_sequence = from});
    auto order = state(an_order);
    OrderFollow how{.new_gateway = [&](Deadline step) { return test::gateway_to(server, step); }, .sequence = from - 1};
    const bool ended = follow_to_end(*gateway, order, std::move(how), deadline);
    gateway.reset();
    server.finish();
    return {ended, order.status->known().value()};
}

} // namespace

TEST_CASE("an order is followed through its executions; another's say nothing of it") {
    auto other = state(an_order, OrderStatus::filled);
    other.order_id = OrderId{"o-2"};
    const auto others = wire::encode(execution(7, ExecutionEvent::filled, other));
    CHECK(follow({following(7, {others, event(8, OrderStatus::partially_filled), event(9, OrderStatus::cancelled)})}) ==
          std::pair(true, OrderStatus::cancelled));
}

TEST_CASE("when time is up, an order is as it is") {
    CHECK(follow({following(7, {event(7, OrderStatus::partially_filled)}, true)}, 7, Milliseconds(300)) ==
          std::pair(false, OrderStatus::partially_filled));
}

TEST_CASE("a session that breaks is resumed behind the last execution seen, again and again") {
    CHECK(follow({following(7, {event(7, OrderStatus::open), event(8, OrderStatus::partially_filled)}),
                  [](ScriptedConnection& client) { client.reset(); }, following(9, {}),
                  following(9, {event(9, OrderStatus::filled)})}) == std::pair(true, OrderStatus::filled));
}

TEST_CASE("where executions are missing, the order is looked up") {
    const auto gap = wire::encode(
        gw::DropCopyGap{.wallet = "0x1", .requested_sequence = 7, .oldest_sequence = 9, .next_sequence = 10});
    CHECK(follow({following(7, {gap}, true),
                  test::telling(
                      {.executions = {execution(9, ExecutionEvent::expired, state(an_order, OrderStatus::expired))},
                       .oldest = 9})}) == std::pair(true, OrderStatus::expired));
}

TEST_CASE("what trying again can't mend ends the following") {
    const auto refuse = [](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        reply(client, gw::ErrorReply{.id = auth.id, .code = "token_expired", .message = "late", .retry_after_ms = {}});
        client.wait_until_closed();
    };
    CHECK(test::error_of([&] { follow({following(7, {}), refuse}); }).exit_code() == Exit::credentials);
}

} // namespace omen::order_follow_test
