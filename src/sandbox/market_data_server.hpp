#pragma once

#include "protocol/market_data.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/session.hpp"
#include "sandbox/session_count.hpp"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace omen::sandbox {

class Exchange;

/// The public market-data feed: who subscribes to what, and what each is told. Sessions are given to it; it knows no
/// sockets. It must outlive its sessions.
class MarketDataServer {
  public:
    MarketDataServer(const Exchange& exchange, const Limits& limits);

    std::unique_ptr<SessionHandler> open(Session& session);

    /// Sends an event to the subscribers of a channel.
    template <class T> void publish(ChannelKind kind, const T& event) {
        const auto found = subscribers_.find({kind, event.market_id});
        if (found == subscribers_.end()) return;
        const auto message = std::make_shared<const std::string>(wire::encode(event));
        for (auto* session : found->second) session->send(message);
    }

    /// How many sessions subscribe to a book, counted per book.
    std::size_t book_subscriptions() const;
    /// Whether a subscriber is behind.
    bool is_behind() const;
    /// Called when one of the two above may have changed in a flow's favour.
    void on_progress(std::function<void()> progress) { progress_ = std::move(progress); }

  private:
    class Client;

    const Exchange& exchange_;
    Limits limits_;
    SessionCount sessions_;
    std::map<md::Channel, std::set<Session*>> subscribers_;
    std::function<void()> progress_ = [] {};
};

} // namespace omen::sandbox
