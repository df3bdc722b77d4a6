#include "sandbox/servers/market_data_server.hpp"

#include "protocol/codes.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/sandbox_clock.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

constexpr std::size_t trades_in_snapshot = 50;

void send_error(Session& session, std::string_view code, std::string message, std::optional<std::string> channel = {}) {
    session.send(message_of(
        md::ErrorEvent{.code = std::string(code), .message = std::move(message), .channel = std::move(channel)}));
}

md::OrderbookSnapshot book_snapshot(const Exchange& exchange, const MarketId& market) {
    auto book = exchange.orderbook(market);
    return {.market_id = market,
            .sequence = book->sequence,
            .timestamp = book->timestamp,
            .bids = std::move(book->bids),
            .asks = std::move(book->asks)};
}

/// Oldest first, as if they had been sent one by one.
md::TradesSnapshot trades_snapshot(const Exchange& exchange, const MarketId& market) {
    md::TradesSnapshot snapshot{.market_id = market, .trades = {}};
    const auto trades = exchange.trades(market, trades_in_snapshot);
    for (const auto& trade : *trades)
        snapshot.trades.push_back({.trade_id = trade.trade_id,
                                   .timestamp = trade.timestamp,
                                   .price = trade.price,
                                   .size = trade.size,
                                   .side = trade.side});
    std::reverse(snapshot.trades.begin(), snapshot.trades.end());
    return snapshot;
}

/// What a subscriber is sent first: the state that the channel's events go on from.
void send_state(Session& session, const Exchange& exchange, const md::Channel& channel, Timestamp now) {
    switch (channel.kind) {
    case ChannelKind::orderbook:
        return session.send(message_of(book_snapshot(exchange, channel.market_id)));
    case ChannelKind::trades:
        return session.send(message_of(trades_snapshot(exchange, channel.market_id)));
    case ChannelKind::funding:
        return session.send(message_of(*exchange.funding(channel.market_id, now)));
    case ChannelKind::spot_price:
        return session.send(message_of(*exchange.spot(channel.market_id, now)));
    }
}

} // namespace

/// One session: its commands and subscriptions.
class MarketDataServer::Client : public SessionHandler {
  public:
    Client(MarketDataServer& server, Session& session)
        : server_(server),
          session_(session),
          number_(++server.last_session_),
          place_(server.sessions_, session.address()) {}
    ~Client() override {
        for (const auto& channel : std::set(channels_)) unsubscribe(channel);
        server_.progress_();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void on_message(std::string_view bytes, bool is_binary) override {
        try {
            if (!is_binary) throw DecodeError("a text frame; commands are MessagePack in binary frames");
            std::visit([this](const auto& command) { handle(command); }, wire::decode_any<md::Command>(bytes));
        } catch (const DecodeError& error) {
            send_error(session_, code::invalid_message, error.what());
        } catch (const std::exception& error) {
            send_error(session_, code::internal, error.what());
        }
    }

    void on_too_large() override {
        send_error(session_, code::message_too_large,
                   "a message may have " + std::to_string(server_.limits_.max_client_message) + " bytes");
        session_.close(close_code::too_large);
    }

    void on_caught_up() override { server_.progress_(); }

    /// A delta of a subscribed book, or what a fault makes of it.
    void on_delta(const md::OrderbookDelta& delta, const Message& message) {
        const auto* fault = server_.faults_.on_delta(number_, delta.market_id);
        if (fault != nullptr && strike(fault->kind, delta, message)) return;
        session_.send(message);
        send_held(delta.market_id);
    }

  private:
    void handle(const md::Ping& command) {
        session_.send(message_of(md::Pong{.id = command.id, .timestamp = server_.clock_.exchange()}));
    }

    void handle(const md::Subscribe& command) {
        const auto channel = parse(command.channel);
        if (!channel) return;
        if (!channels_.contains(*channel) && channels_.size() >= server_.limits_.subscriptions_per_session)
            return send_error(session_, code::too_many_subscriptions,
                              "a session may have " + std::to_string(server_.limits_.subscriptions_per_session) +
                                  " subscriptions",
                              command.channel);
        const auto* fault = server_.faults_.on_subscription(channel->market_id);
        if (fault != nullptr && fault->kind == FaultKind::refuse_subscription)
            return send_error(session_, fault->code, "refused by a fault", command.channel);
        session_.send(message_of(md::Subscribed{.channel = command.channel}));
        send_state(session_, server_.exchange_, *channel, server_.clock_.exchange());
        if (channel->kind == ChannelKind::orderbook) forget_held(channel->market_id);
        channels_.insert(*channel);
        server_.subscribers_[*channel].emplace(&session_, this);
        server_.progress_();
        if (channel->kind == ChannelKind::orderbook && server_.faults_.on_snapshot(channel->market_id) != nullptr)
            send_gap(channel->market_id, server_.exchange_.orderbook(channel->market_id, 0)->sequence);
        if (fault != nullptr) handle(md::Unsubscribe{.channel = command.channel});
    }

    void handle(const md::Unsubscribe& command) {
        const auto channel = parse(command.channel);
        if (!channel) return;
        unsubscribe(*channel);
        session_.send(message_of(md::Unsubscribed{.channel = command.channel}));
    }

    void handle(const wire::Unknown& command) { throw DecodeError("type: unknown value \"" + command.type + "\""); }

    /// A channel of a market that exists; nothing after the client has been sent an error.
    std::optional<md::Channel> parse(const std::string& text) {
        const auto channel = md::Channel::parse(text);
        if (!channel) {
            send_error(session_, code::invalid_message, "there is no such channel", text);
            return std::nullopt;
        }
        if (!server_.exchange_.has_market(channel->market_id)) {
            send_error(session_, code::unknown_market, "there is no market " + channel->market_id.text(), text);
            return std::nullopt;
        }
        return channel;
    }

    /// Whether that was all that becomes of the delta.
    bool strike(FaultKind kind, const md::OrderbookDelta& delta, const Message& message) {
        switch (kind) {
        case FaultKind::gap:
            send_gap(delta.market_id, delta.sequence - 1);
            return true;
        case FaultKind::drop_delta:
            return true;
        case FaultKind::duplicate_delta:
            session_.send(message);
            return false;
        default: // reorder_delta
            if (held_.contains(delta.market_id)) return false;
            held_.emplace(delta.market_id, message);
            ++server_.held_;
            return true;
        }
    }

    /// Says that the next delta is lost. Nothing follows until the client subscribes again.
    void send_gap(const MarketId& market, std::uint64_t last) {
        unsubscribe({ChannelKind::orderbook, market});
        session_.send(
            message_of(md::OrderbookGap{.market_id = market, .last_sequence = last, .next_sequence = last + 2}));
    }

    void send_held(const MarketId& market) {
        const auto held = held_.find(market);
        if (held == held_.end()) return;
        session_.send(held->second);
        forget_held(market);
    }

    void forget_held(const MarketId& market) { server_.held_ -= held_.erase(market); }

    void unsubscribe(const md::Channel& channel) {
        if (channel.kind == ChannelKind::orderbook) forget_held(channel.market_id);
        if (channels_.erase(channel) == 0) return;
        const auto found = server_.subscribers_.find(channel);
        found->second.erase(&session_);
        if (found->second.empty()) server_.subscribers_.erase(found);
    }

    MarketDataServer& server_;
    Session& session_;
    std::uint64_t number_; ///< of the session
    SessionCount::Place place_;
    std::set<md::Channel> channels_;
    std::map<MarketId, Message> held_; ///< deltas that go behind the next one
};

MarketDataServer::MarketDataServer(const Exchange& exchange, const SandboxClock& clock, const Limits& limits,
                                   FaultPlan& faults)
    : exchange_(exchange), clock_(clock), limits_(limits), sessions_(limits.sessions_per_ip), faults_(faults) {}

std::unique_ptr<SessionHandler> MarketDataServer::open(Session& session) {
    if (!sessions_.is_full(session.address())) return std::make_unique<Client>(*this, session);
    send_error(session, code::too_many_sessions, "there are too many sessions from this address");
    session.close(close_code::policy_violation);
    return nullptr;
}

bool MarketDataServer::faults_may_strike() const {
    return !faults_.is_empty() || held_ != 0;
}

/// A fault may end subscriptions.
void MarketDataServer::publish_faulty(const md::OrderbookDelta& delta, const Message& message) {
    for (const auto& [session, client] : Subscribers(subscribers_.at({ChannelKind::orderbook, delta.market_id})))
        client->on_delta(delta, message);
}

std::size_t MarketDataServer::book_subscriptions() const {
    std::size_t count = 0;
    for (const auto& [channel, sessions] : subscribers_)
        if (channel.kind == ChannelKind::orderbook) count += sessions.size();
    return count;
}

bool MarketDataServer::is_behind() const {
    return std::any_of(subscribers_.begin(), subscribers_.end(), [](const auto& channel) {
        return std::any_of(channel.second.begin(), channel.second.end(),
                           [](const auto& subscriber) { return subscriber.first->is_behind(); });
    });
}

} // namespace omen::sandbox
