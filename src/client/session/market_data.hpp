#pragma once

#include "client/session/kept.hpp"
#include "client/session/subscriptions.hpp"
#include "core/error.hpp"
#include "protocol/market_data.hpp"
#include "transport/websocket.hpp"

#include <optional>
#include <span>
#include <vector>

namespace omen {

/// The public market-data feed, over as many connections as the exchange's limit of subscriptions takes.
///
/// Errors of every call: unreachable when there is no connection, or one of them is lost; not_found, rate_limited or
/// refused as the exchange's code says; protocol when an event makes no sense.
class MarketData {
  public:
    /// `answer_within`: how long a later subscription may take.
    MarketData(Url url, WebSocket::Options socket, Milliseconds answer_within = Milliseconds(10'000))
        : url_(std::move(url)), options_(std::move(socket)), subscriptions_({.answer_within = answer_within}) {}

    /// Connects, subscribes to all of these, and waits until every one is answered. Where all are refused, the most
    /// serious refusal is thrown; where some are, these come as events. Once only. Error: refused_locally, when there
    /// are more than the exchange's limits allow.
    void subscribe(std::span<const md::Channel> channels, Deadline deadline);
    /// Asks for a fresh start of a channel, after a gap: at once, but later where it has just been asked. Returns when
    /// it leaves. Does not wait: the snapshot comes as an event.
    Clock::time_point resubscribe(const md::Channel& channel);
    /// The next event; null when none has come by the deadline. It stands until the next call: its memory is used
    /// again. `unsubscribed` is one that nobody asked for: the channel is subscribed to again, and `subscribed` will
    /// say so. `error` ends its channel; that of the only one is thrown, and what is about none.
    const md::Event* next(Deadline deadline);

  private:
    /// Commands leave as bytes here, and nowhere else; they go with the next flush().
    template <class Command> void queue(std::size_t connection, const Command& command);
    /// Events enter as bytes here, and nowhere else: into `event_`. False when none has come by the deadline.
    bool read(Deadline deadline);
    std::optional<Frame> read_any(Deadline deadline);
    bool receive(Deadline deadline);
    void send_due();
    bool is_news();
    bool is_news(const md::ErrorEvent& error);

    Url url_;
    WebSocket::Options options_;
    Subscriptions subscriptions_;
    std::vector<WebSocket> connections_;
    std::size_t turn_ = 0; ///< whose turn it is to be read
    Kept<md::Event> waiting_{"market data"};
    md::Event event_{};           ///< the last one received
    std::size_t event_bytes_ = 0; ///< its length
};

/// What an `error` event of the feed means.
Error feed_error(const md::ErrorEvent& error);

} // namespace omen
