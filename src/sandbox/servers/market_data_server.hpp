#pragma once

#include "protocol/market_data.hpp"
#include "sandbox/servers/limits.hpp"
#include "sandbox/servers/session.hpp"
#include "sandbox/servers/session_count.hpp"

#include <functional>
#include <map>
#include <set>
#include <type_traits>

namespace omen::sandbox {

class Exchange;
class FaultPlan;
class SandboxClock;

/// The public market-data feed: who subscribes to what, and what each is sent. Sessions are given to it; it knows no
/// sockets. It must outlive its sessions.
class MarketDataServer {
  public:
    MarketDataServer(const Exchange& exchange, const SandboxClock& clock, const Limits& limits, FaultPlan& faults);

    std::unique_ptr<SessionHandler> open(Session& session);

    /// Sends an event to the subscribers of a channel.
    template <class T> void publish(const md::Channel& channel, const T& event) {
        const auto found = subscribers_.find(channel);
        if (found == subscribers_.end()) return;
        const auto message = message_of(event);
        if constexpr (std::is_same_v<T, md::OrderbookDelta>)
            if (faults_may_strike()) return publish_faulty(event, message);
        for (const auto& [session, client] : found->second) session->send(message);
    }

    /// How many sessions subscribe to a book, counted per book.
    std::size_t book_subscriptions() const;
    /// Whether a subscriber is behind.
    bool is_behind() const;
    /// Called when one of the two above may have changed in a flow's favour.
    void on_progress(std::function<void()> progress) { progress_ = std::move(progress); }

  private:
    class Client;
    using Subscribers = std::map<Session*, Client*>;

    bool faults_may_strike() const;
    void publish_faulty(const md::OrderbookDelta& delta, const Message& message);

    const Exchange& exchange_;
    const SandboxClock& clock_;
    Limits limits_;
    SessionCount sessions_;
    FaultPlan& faults_;
    std::uint64_t last_session_ = 0;
    std::size_t held_ = 0; ///< deltas that are kept back until the next one has gone
    std::map<md::Channel, Subscribers> subscribers_;
    std::function<void()> progress_ = [] {};
};

} // namespace omen::sandbox
