#pragma once

#include "core/token_bucket.hpp"
#include "protocol/gateway/messages.hpp"
#include "sandbox/access/identity.hpp"
#include "sandbox/servers/private_feed.hpp"
#include "sandbox/servers/session.hpp"
#include "sandbox/servers/session_count.hpp"

#include <optional>

namespace omen::sandbox {

class GatewayServer;
struct FaultSpec;

/// One session at the gateway: who it is, what it may, and its commands, answered one by one in their order.
class GatewaySession : public SessionHandler {
  public:
    GatewaySession(GatewayServer& server, Session& session);
    ~GatewaySession() override;
    GatewaySession(const GatewaySession&) = delete;
    GatewaySession& operator=(const GatewaySession&) = delete;

    void on_message(std::string_view bytes, bool is_binary) override;
    void on_too_large() override;
    void on_caught_up() override { feed_.catch_up(); }

    PrivateFeed& feed() { return feed_; }
    /// Ends the subscriptions of an expired token.
    void check_expiry();
    /// Lets the session's token count as expired.
    void expire_token();

  private:
    /// What the exchange says to a trading command.
    struct Answer {
        Message message;
        bool executed = true; ///< it was asked; otherwise the command never came so far
    };

    /// A trading command: it executes, is logged and answered, or what a fault makes of that.
    template <class Command> void trade(const Command& command, std::string_view bytes);
    template <class Command> Message carry_out(const Command& command, std::string_view bytes, const FaultSpec* fault);
    template <class Command> Answer answer_to(const Command& command);
    Answer execute(const gw::Order& command);
    Answer execute(const gw::Cancel& command);
    Answer execute(const gw::CancelAll& command);
    Answer execute(const gw::Amend& command);
    void strike(const FaultSpec& fault, std::uint64_t id, const Message& answer);

    void handle(const gw::Auth& command);
    void handle(const gw::Ping& command);
    void handle(const gw::GetBalance& command);
    void handle(const gw::GetPositions& command);
    void handle(const gw::GetPnl& command);
    void handle(const gw::GetOrders& command);
    void handle(const gw::Subscribe& command);
    void handle(const gw::Unsubscribe& command);
    void handle(const wire::Unknown& command);

    const Identity& authorised(Permission permission) const;
    std::optional<std::string> wallet();
    std::string wallet_for(Permission permission);
    template <class T> void send(const T& message);
    template <class T> void reply(T state, std::uint64_t id);
    void send_error(std::optional<std::uint64_t> id, std::string_view code, const std::string& message);

    GatewayServer& server_;
    Session& session_;
    std::uint64_t number_; ///< of the session
    SessionCount::Place place_;
    PrivateFeed feed_;
    TokenBucket orders_;
    TokenBucket cancels_;
    std::optional<Identity> identity_;
    std::optional<std::string> wallet_;
};

} // namespace omen::sandbox
