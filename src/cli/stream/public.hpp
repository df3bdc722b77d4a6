#pragma once

#include "cli/stream/stream.hpp"
#include "client/session/market_data.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace omen {

/// What a stream says of one market's subscription: `unsubscribed` and `subscribed` when the exchange has ended it and
/// it is there again, `error` when there will be no more of it.
struct SubscriptionView {
    std::string type;
    Timestamp timestamp = Timestamp::now();
    MarketId market_id;
    std::string symbol;
    std::optional<std::string> code{};   ///< of an error
    std::optional<std::string> reason{}; ///< of an error

    static constexpr auto declaration() {
        return wire::record(
            "subscription", wire::field("type", &SubscriptionView::type),
            wire::field("timestamp", &SubscriptionView::timestamp),
            wire::field("market_id", &SubscriptionView::market_id), wire::field("symbol", &SubscriptionView::symbol),
            wire::field("code", &SubscriptionView::code), wire::field("reason", &SubscriptionView::reason));
    }
};

/// A stream of public events, one channel a market. A market that the exchange refuses leaves the stream, and the
/// others go on; the only one ends it.
class PublicStream : public Stream {
  public:
    PublicStream(Context& context, const std::vector<std::string>& markets, ChannelKind kind);

    void connect(Deadline deadline) override;
    bool pump(StreamLines& lines, Deadline deadline) final;
    bool complete() const override { return symbols_.empty(); }
    Exit outcome() const override { return outcome_; }

  protected:
    Context& context() { return context_; }
    const std::map<MarketId, std::string>& symbols() const { return symbols_; }
    /// Null for a market that is not in this stream.
    const std::string* symbol(const MarketId& market) const;
    /// Begins a market anew. Returns by when it must be there.
    Deadline resubscribe(const MarketId& market);

    /// When something else than an event is to be handled.
    virtual Deadline wake() const { return Deadline::never(); }
    /// Handles an event; whether it was of interest.
    virtual bool take(StreamLines& lines, const md::Event& event) = 0;
    /// Handles what else is due.
    virtual void on_time(StreamLines&) {}
    /// The exchange has ended a market's subscription; it must be there again by then.
    virtual void interrupted(const MarketId&, Deadline) {}
    /// A market has left the stream.
    virtual void ended(const MarketId&) {}

  private:
    bool take_subscription(StreamLines& lines, const md::Event& event);
    void end_market(StreamLines& lines, const MarketId& market, const md::ErrorEvent& error);

    Context& context_;
    ChannelKind kind_;
    std::map<MarketId, std::string> symbols_;
    std::optional<MarketData> feed_;
    std::set<MarketId> unsubscribed_; ///< as the data says
    Exit outcome_ = Exit::done;
};

} // namespace omen
