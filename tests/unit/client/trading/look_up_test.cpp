// Reading the exchange's own records over a real socket: it sends this, then that is known of an order.

#include "client/trading/look_up.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/gateway_script.hpp"

namespace omen::look_up_test {

using test::accept_auth;
using test::error_of;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

const ClientOrderId c_1{"c-1"};

std::function<Gateway(Deadline)> to(const ScriptedServer& server) {
    return [&server](Deadline by) { return test::gateway_to(server, by); };
}

} // namespace

TEST_CASE("find_order: an open order is found without the drop-copy") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        const auto command = wire::decode<gw::GetOrders>(client.read());
        const gw::OrderState order{
            .client_order_id = ClientOrderId{"c-1"}, .filled_size = Decimal{}, .status = OrderStatus::open};
        reply(client, gw::Orders{.id = command.id, .wallet = "0x1", .orders = {order}, .sequence = {}});
    });
    CHECK(find_order(to(server), c_1, Deadline::after(Milliseconds(1000)))->status == OrderStatus::open);
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
    CHECK(find_order(to(server), c_1, Deadline::after(Milliseconds(1000)))->status == OrderStatus::filled);
}

TEST_CASE("find_order: an id in no execution is no order of the exchange") {
    auto server = replaying({execution(1, "a", OrderStatus::open), execution(2, "b", OrderStatus::filled),
                             execution(3, "c", OrderStatus::open)});
    CHECK_FALSE(find_order(to(server), c_1, Deadline::after(Milliseconds(1000))).has_value());
}

TEST_CASE("find_order: behind a gap an absent order can't be told from an old one") {
    const gw::DropCopyGap gap{.wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 3, .next_sequence = 4};
    auto server = replaying({wire::encode(gap), execution(3, "c", OrderStatus::open)});
    const auto error = error_of([&] { find_order(to(server), c_1, Deadline::after(Milliseconds(1000))); });
    CHECK(error.detail().code == "drop_copy_gap");

    const gw::DropCopyGap nothing_kept{
        .wallet = "0x1", .requested_sequence = 1, .oldest_sequence = 4, .next_sequence = 4};
    auto empty = replaying({wire::encode(nothing_kept)});
    CHECK(error_of([&] { find_order(to(empty), c_1, Deadline::after(Milliseconds(1000))); }).detail().code ==
          "drop_copy_gap");
}

} // namespace omen::look_up_test
