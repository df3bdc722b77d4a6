#pragma once

#include "client/session/gateway.hpp"
#include "protocol/gateway/messages.hpp"
#include "support/errors.hpp"
#include "support/order_records.hpp"
#include "support/scripted_server.hpp"
#include "support/tokens.hpp"

#include <string>

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

inline Gateway gateway_to(const ScriptedServer& server, Deadline deadline) {
    return Gateway(server.url(), good_token(), {.deadline = deadline});
}

} // namespace omen::test
