#include "cli/output/views.hpp"
#include "cli/stream/stream.hpp"

#include <algorithm>
#include <memory>

namespace omen {

namespace {

/// The streams whose every line is one event of the feed: their channel and columns.
template <class Event> struct EventTraits;
template <> struct EventTraits<md::Trade> {
    static constexpr auto kind = ChannelKind::trades;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "side", "price", "size", "trade_id"};
};
template <> struct EventTraits<md::Funding> {
    static constexpr auto kind = ChannelKind::funding;
    static constexpr std::string_view columns[] = {"type",       "timestamp",   "symbol",         "funding_rate",
                                                   "mark_price", "index_price", "next_funding_at"};
};
template <> struct EventTraits<md::SpotPrice> {
    static constexpr auto kind = ChannelKind::spot_price;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "price"};
};

struct StreamEventsOptions {
    std::vector<std::string> markets;
    StreamOptions stream;
};

template <class Event> class EventStream : public Stream {
  public:
    EventStream(Sessions& sessions, const StreamEventsOptions& options)
        : sessions_(sessions), markets_(sessions.markets(), options.markets, EventTraits<Event>::kind) {}

    void connect(Deadline deadline) override {
        feed_.emplace(sessions_.market_data());
        feed_->subscribe(markets_.channels(), deadline);
    }

    bool pump(StreamLines& lines, Deadline deadline) override {
        const auto* any = feed_->next(deadline);
        if (any == nullptr) return false;
        if constexpr (std::is_same_v<Event, md::Trade>)
            if (const auto* past = std::get_if<md::TradesSnapshot>(any)) return take_past(lines, *past);
        const auto* event = std::get_if<Event>(any);
        return event != nullptr && print(lines, *event);
    }

  private:
    /// Whose event it is. One that does not say is of this stream's market, where there is but one; otherwise nobody's.
    const MarketId* market_of(const Event& event) const {
        if constexpr (std::is_same_v<Event, md::Trade>) {
            if (event.market_id) return &*event.market_id;
            return markets_.channels().size() == 1 ? &markets_.channels().front().market_id : nullptr;
        } else {
            return &event.market_id;
        }
    }

    bool print(StreamLines& lines, const Event& event) {
        const auto* market = market_of(event);
        const auto* symbol = market == nullptr ? nullptr : markets_.symbol(*market);
        if (market != nullptr && symbol == nullptr) return false;
        static_cast<Event&>(line_) = event;
        if (symbol == nullptr)
            line_.symbol.reset();
        else
            line_.symbol = *symbol;
        lines.print(line_);
        if constexpr (std::is_same_v<Event, md::Trade>)
            if (market != nullptr) last_[*market] = {event.trade_id, event.timestamp};
        return true;
    }

    /// What the feed sends of the past when a trades subscription begins is `omenctl trades`, and no line here: but for
    /// what happened while there was no connection.
    bool take_past(StreamLines& lines, const md::TradesSnapshot& past) requires std::is_same_v<Event, md::Trade> {
        const auto* symbol = markets_.symbol(past.market_id);
        if (symbol == nullptr) return false;
        const auto& trades = past.trades; // oldest first
        const auto [entry, first_time] = last_.try_emplace(past.market_id);
        auto& known = entry->second;
        if (first_time) {
            if (!trades.empty()) known = {trades.back().trade_id, trades.back().timestamp};
            return false;
        }
        const auto found = std::find_if(trades.begin(), trades.end(),
                                        [&](const auto& one) { return known.id && one.trade_id == known.id; });
        const auto is_new = [since = known.timestamp](const auto& one) {
            return since && one.timestamp && *one.timestamp > *since;
        };
        const auto first = found != trades.end() ? found + 1 : std::find_if(trades.begin(), trades.end(), is_new);
        if (found == trades.end() && first != trades.end() && known.id)
            lines.print(TradeGapView{.market_id = past.market_id,
                                     .symbol = *symbol,
                                     .last_trade_id = *known.id,
                                     .next_trade_id = first->trade_id});
        for (auto trade = first; trade != trades.end(); ++trade)
            print(lines, {.market_id = past.market_id,
                          .trade_id = trade->trade_id,
                          .timestamp = trade->timestamp,
                          .price = trade->price,
                          .size = trade->size,
                          .side = trade->side});
        return first != trades.end();
    }

    /// The newest trade that is known of a market.
    struct Known {
        std::optional<TradeId> id{};
        std::optional<Timestamp> timestamp{};
    };

    Sessions& sessions_;
    StreamMarkets markets_;
    std::optional<MarketData> feed_;
    std::map<MarketId, Known> last_; ///< of trades
    WithSymbol<Event> line_;         ///< its memory is used again
};

template <class Event> void add_event_stream(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamEventsOptions>();
    app.add_option("market", options->markets, "symbols or ids")->required();
    add_stream_options(app, options->stream);
    run = [options](Context& context) {
        if constexpr (std::is_same_v<Event, md::Trade>)
            check_until<WithSymbol<Event>, TradeGapView>(options->stream);
        else
            check_until<WithSymbol<Event>>(options->stream);
        EventStream<Event> stream(context.sessions, *options);
        return follow(context, options->stream, EventTraits<Event>::columns, stream);
    };
}

} // namespace

void add_stream_trades(CLI::App& app, Run& run) {
    add_event_stream<md::Trade>(app, run);
}

void add_stream_funding(CLI::App& app, Run& run) {
    add_event_stream<md::Funding>(app, run);
}

void add_stream_spot(CLI::App& app, Run& run) {
    add_event_stream<md::SpotPrice>(app, run);
}

} // namespace omen
