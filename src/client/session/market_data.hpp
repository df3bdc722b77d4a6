#pragma once

#include "protocol/market_data.hpp"
#include "transport/websocket.hpp"

#include <deque>
#include <optional>
#include <span>

namespace omen {

/// One connection to the public market-data feed.
///
/// Errors of every call: unreachable when there is no connection, or no longer one; not_found, rate_limited or refused
/// as the exchange's code says; protocol when an event makes no sense.
class MarketData {
  public:
    MarketData(Url url, WebSocket::Options socket) : url_(std::move(url)), options_(std::move(socket)) {}

    /// Subscribes to all of these in one write, connecting if need be, and waits until every one is confirmed.
    void subscribe(std::span<const md::Channel> channels, Deadline deadline);
    /// Asks for a fresh start of a channel, after a gap. Does not wait: the snapshot comes as an event.
    void resubscribe(const md::Channel& channel);
    /// The next event; null when none has come by the deadline. Confirmations are events too. It stands until the next
    /// call: its memory is used again.
    const md::Event* next(Deadline deadline);

  private:
    /// Commands leave as bytes here, and nowhere else; they go with the next flush().
    template <class Command> void queue(const Command& command);
    /// Events enter as bytes here, and nowhere else: into `event_`. False when none has come by the deadline.
    bool receive(Deadline deadline);

    Url url_;
    WebSocket::Options options_;
    std::optional<WebSocket> socket_;
    std::deque<md::Event> waiting_;
    md::Event event_{}; ///< the last one received
};

} // namespace omen
