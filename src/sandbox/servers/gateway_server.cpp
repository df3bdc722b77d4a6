#include "sandbox/servers/gateway_server.hpp"

#include "protocol/codes.hpp"
#include "sandbox/servers/gateway_session.hpp"

namespace omen::sandbox {

GatewayServer::GatewayServer(Exchange& exchange, const SandboxClock& clock, const TokenVerifier& tokens,
                             const Limits& limits, FaultPlan& faults, TruthLog& log)
    : exchange_(exchange),
      clock_(clock),
      tokens_(tokens),
      limits_(limits),
      faults_(faults),
      log_(log),
      sessions_(limits.sessions_per_ip) {}

std::unique_ptr<SessionHandler> GatewayServer::open(Session& session) {
    if (!sessions_.is_full(session.address())) return std::make_unique<GatewaySession>(*this, session);
    const gw::ErrorReply error{.id = {},
                               .code = std::string(code::too_many_sessions),
                               .message = "there are too many sessions from this address",
                               .retry_after_ms = {}};
    session.send(message_of(error));
    session.close(close_code::policy_violation);
    return nullptr;
}

void GatewayServer::publish(const gw::Execution& execution) {
    Message message;
    for (auto* client : clients_) {
        if (!client->feed().follows(*execution.wallet)) continue;
        if (!message) message = message_of(execution);
        client->feed().add_execution(execution.sequence, message);
    }
}

void GatewayServer::publish_account(const std::string& wallet) {
    for (auto* client : clients_)
        if (client->feed().follows(wallet)) client->feed().refresh();
}

void GatewayServer::expire_tokens() {
    for (auto* client : clients_) client->expire_token();
}

void GatewayServer::restart_drop_copies() {
    for (auto* client : clients_) client->feed().restart_drop_copy();
}

void GatewayServer::tick() {
    for (auto* client : clients_) {
        client->check_expiry();
        client->feed().refresh();
    }
}

} // namespace omen::sandbox
