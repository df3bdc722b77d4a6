#pragma once

#include "protocol/gateway/events.hpp"
#include "sandbox/servers/limits.hpp"
#include "sandbox/servers/session.hpp"
#include "sandbox/servers/session_count.hpp"

#include <set>
#include <string>

namespace omen::sandbox {

class Exchange;
class FaultPlan;
class GatewaySession;
class SandboxClock;
class TokenVerifier;
class TruthLog;

/// The trading gateway: it gives each session its GatewaySession and passes on what the exchange reports. Sessions are
/// given to it; it knows no sockets. It must outlive its sessions.
class GatewayServer {
  public:
    GatewayServer(Exchange& exchange, const SandboxClock& clock, const TokenVerifier& tokens, const Limits& limits,
                  FaultPlan& faults, TruthLog& log);

    std::unique_ptr<SessionHandler> open(Session& session);

    void publish(const gw::Execution& execution);
    void publish_account(const std::string& wallet);
    /// To be called now and then: prices have moved, tokens have expired.
    void tick();
    /// Lets the token of every session count as expired.
    void expire_tokens();
    /// Sends each drop-copy the gap that shows that the exchange has reset its sequences.
    void restart_drop_copies();

  private:
    friend class GatewaySession;

    Exchange& exchange_;
    const SandboxClock& clock_;
    const TokenVerifier& tokens_;
    Limits limits_;
    FaultPlan& faults_;
    TruthLog& log_;
    std::uint64_t last_session_ = 0;
    SessionCount sessions_;
    std::set<GatewaySession*> clients_;
};

} // namespace omen::sandbox
