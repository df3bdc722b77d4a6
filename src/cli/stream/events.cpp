#include "cli/output/views.hpp"
#include "cli/stream/public.hpp"
#include "client/feeds/trade_history.hpp"

#include <map>
#include <memory>
#include <type_traits>

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

/// The events as they come.
template <class Event> class EventStream : public PublicStream {
  public:
    EventStream(Context& context, const std::vector<std::string>& markets)
        : PublicStream(context, markets, EventTraits<Event>::kind) {}

  private:
    bool take(StreamLines& lines, const md::Event& any) override {
        const auto* event = std::get_if<Event>(&any);
        const auto* name = event == nullptr ? nullptr : symbol(event->market_id);
        if (name == nullptr) return false;
        static_cast<Event&>(line_) = *event;
        line_.symbol = *name;
        lines.print(line_);
        return true;
    }

    WithSymbol<Event> line_; ///< its memory is used again
};

/// Trades, each once. What the feed sends of the past when a subscription begins is `omenctl trades`, and no line here:
/// but for what happened while there was none.
class TradeStream : public PublicStream {
  public:
    TradeStream(Context& context, const std::vector<std::string>& markets)
        : PublicStream(context, markets, EventTraits<md::Trade>::kind) {}

    void lost() override {
        for (auto& [market, history] : histories_) history.interrupted();
    }

  private:
    bool take(StreamLines& lines, const md::Event& any) override {
        if (const auto* trade = std::get_if<md::Trade>(&any)) return take(lines, *trade);
        const auto* past = std::get_if<md::TradesSnapshot>(&any);
        return past != nullptr && symbol(past->market_id) != nullptr && take(lines, *past);
    }

    void interrupted(const MarketId& market, Deadline) override { histories_[market].interrupted(); }

    /// Whose trade it is. One that does not say is of this stream's market, where there is but one; otherwise nobody's.
    std::optional<MarketId> market_of(const md::Trade& trade) const {
        if (trade.market_id || symbols().size() != 1) return trade.market_id;
        return symbols().begin()->first;
    }

    bool take(StreamLines& lines, const md::Trade& trade) {
        const auto market = market_of(trade);
        if (!market) return print(lines, trade, std::nullopt), true;
        const auto* name = symbol(*market);
        if (name == nullptr) return false;
        const auto step = histories_[*market].on(md::PastTrade{.trade_id = trade.trade_id,
                                                               .timestamp = trade.timestamp,
                                                               .price = trade.price,
                                                               .size = trade.size,
                                                               .side = trade.side});
        if (!step.is_new) return false;
        print_gap(lines, *market, *name, step.gap);
        print(lines, trade, *name);
        return true;
    }

    bool take(StreamLines& lines, const md::TradesSnapshot& past) {
        const auto& name = *symbol(past.market_id);
        const auto step = histories_[past.market_id].on(past);
        print_gap(lines, past.market_id, name, step.gap);
        for (const auto& trade : step.trades)
            print(lines,
                  {.market_id = past.market_id,
                   .trade_id = trade.trade_id,
                   .timestamp = trade.timestamp,
                   .price = trade.price,
                   .size = trade.size,
                   .side = trade.side},
                  name);
        return step.gap || !step.trades.empty();
    }

    void print(StreamLines& lines, const md::Trade& trade, const std::optional<std::string>& symbol) {
        static_cast<md::Trade&>(line_) = trade;
        line_.symbol = symbol;
        lines.print(line_);
    }

    static void print_gap(StreamLines& lines, const MarketId& market, const std::string& symbol,
                          const std::optional<TradeHistory::Gap>& gap) {
        if (!gap) return;
        lines.print(TradeGapView{
            .market_id = market, .symbol = symbol, .last_trade_id = gap->last, .next_trade_id = gap->next});
    }

    std::map<MarketId, TradeHistory> histories_;
    WithSymbol<md::Trade> line_; ///< its memory is used again
};

template <class Event>
using StreamOf = std::conditional_t<std::is_same_v<Event, md::Trade>, TradeStream, EventStream<Event>>;

template <class Event> void add_event_stream(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamEventsOptions>();
    app.add_option("market", options->markets, "symbols or ids")->required();
    add_stream_options(app, options->stream);
    const auto start = [options](Context& context) {
        if constexpr (std::is_same_v<Event, md::Trade>)
            check_until<WithSymbol<Event>, TradeGapView, SubscriptionView>(options->stream);
        else
            check_until<WithSymbol<Event>, SubscriptionView>(options->stream);
        StreamOf<Event> stream(context, options->markets);
        return follow(context, options->stream, EventTraits<Event>::columns, stream);
    };
    if constexpr (std::is_same_v<Event, md::Trade>)
        run = {start, stream_fields<WithSymbol<Event>, TradeGapView, SubscriptionView>};
    else
        run = {start, stream_fields<WithSymbol<Event>, SubscriptionView>};
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
