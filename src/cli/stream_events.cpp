#include "cli/stream.hpp"
#include "cli/views.hpp"

#include <memory>

namespace omen {

namespace {

/// The streams whose every line is one event of the feed: their channel and columns.
template <class Event> struct Kind;
template <> struct Kind<md::Trade> {
    static constexpr auto kind = ChannelKind::trades;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "side", "price", "size", "trade_id"};
};
template <> struct Kind<md::Funding> {
    static constexpr auto kind = ChannelKind::funding;
    static constexpr std::string_view columns[] = {"type",       "timestamp",   "symbol",         "funding_rate",
                                                   "mark_price", "index_price", "next_funding_at"};
};
template <> struct Kind<md::SpotPrice> {
    static constexpr auto kind = ChannelKind::spot_price;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "price"};
};

struct Options {
    std::vector<std::string> markets;
    StreamOptions stream;
};

/// What the feed sends of the past when a trades subscription begins is `omenctl trades`, and no line here.
template <class Event> class EventStream : public Stream {
  public:
    EventStream(Context& context, const Options& options)
        : context_(context), markets_(context.markets(), options.markets, Kind<Event>::kind) {}

    void connect(Deadline deadline) override {
        feed_.emplace(context_.market_data());
        feed_->subscribe(markets_.channels(), deadline);
    }

    bool pump(StreamLines& lines, Deadline deadline) override {
        const auto* any = feed_->next(deadline);
        const auto* event = any == nullptr ? nullptr : std::get_if<Event>(any);
        const auto* symbol = event == nullptr ? nullptr : markets_.symbol(event->market_id);
        if (symbol == nullptr) return false;
        lines.print(WithSymbol<Event>(*event, *symbol));
        return true;
    }

  private:
    Context& context_;
    StreamMarkets markets_;
    std::optional<MarketData> feed_;
};

template <class Event> void add_event_stream(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("market", options->markets, "symbols or ids")->required();
    add_stream_options(app, options->stream);
    run = [options](Context& context) {
        check_until<WithSymbol<Event>>(options->stream);
        EventStream<Event> stream(context, *options);
        return follow(context, options->stream, Kind<Event>::columns, stream);
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
