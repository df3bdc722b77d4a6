#pragma once

#include "client/session/gateway.hpp"
#include "protocol/gateway/messages.hpp"
#include "support/errors.hpp"
#include "support/scripted_server.hpp"
#include "support/tokens.hpp"

#include <string>
#include <vector>

namespace omen::test {

/// What the gateway says in scripts.

template <class T> void reply(ScriptedConnection& client, const T& message) {
    client.write(wire::encode(message));
}

/// Reads `auth` and accepts it.
inline void accept_auth(ScriptedConnection& client) {
    const auto auth = wire::decode<gw::Auth>(client.read());
    reply(client,
          gw::Authenticated{.id = auth.id, .account = "default", .wallet = "0x1", .permissions = {}, .expires_at = {}});
}

template <class Command> Command read_command(ScriptedConnection& client) {
    return wire::decode<Command>(client.read());
}

inline gw::OrderAccepted accepted(const gw::Order& order) {
    return {.id = order.id,
            .order_id = OrderId{"o-" + order.client_order_id.value},
            .client_order_id = order.client_order_id,
            .status = OrderStatus::open,
            .filled_size = Decimal{},
            .timestamp = Timestamp{}};
}

/// An order as the exchange has it.
inline gw::OrderState state(const gw::Order& order, OrderStatus status = OrderStatus::open) {
    gw::OrderState known;
    known.order_id = OrderId{"o-" + order.client_order_id.value};
    known.client_order_id = order.client_order_id;
    known.market_id = order.market_id;
    known.side = order.side;
    known.order_type = order.order_type;
    known.price = order.price;
    known.size = order.size;
    known.filled_size = Decimal{};
    known.status = status;
    return known;
}

inline gw::Execution execution(std::uint64_t sequence, ExecutionEvent event, const gw::OrderState& order) {
    gw::Execution execution;
    execution.wallet = "0x1";
    execution.sequence = sequence;
    execution.event = event;
    execution.order = order;
    return execution;
}

/// The exchange's records.
struct Records {
    std::vector<gw::OrderState> open{};
    std::vector<gw::Execution> executions{};
    std::uint64_t oldest = 1; ///< execution that is kept
};

/// One session in which the records are asked for.
inline void tell(ScriptedConnection& client, const Records& records) {
    accept_auth(client);
    reply(client,
          gw::Orders{
              .id = read_command<gw::GetOrders>(client).id, .wallet = "0x1", .orders = records.open, .sequence = {}});
    const auto subscribe = read_command<gw::Subscribe>(client);
    const auto last = records.executions.empty() ? records.oldest - 1 : records.executions.back().sequence;
    reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = last});
    if (records.oldest > 1)
        reply(client, gw::DropCopyGap{.wallet = "0x1",
                                      .requested_sequence = 1,
                                      .oldest_sequence = records.oldest,
                                      .next_sequence = last + 1});
    for (const auto& one : records.executions) reply(client, one);
    client.wait_until_closed();
}

inline ScriptedServer::Script telling(Records records) {
    return [records = std::move(records)](ScriptedConnection& client) { tell(client, records); };
}

inline Gateway gateway_to(const ScriptedServer& server, Deadline deadline) {
    return Gateway(server.url(), good_token(), {.deadline = deadline});
}

} // namespace omen::test
