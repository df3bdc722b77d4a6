#include "cli/stream.hpp"
#include "cli/views.hpp"

#include <memory>

namespace omen {

namespace {

/// Columns of the streams whose every line is one event of the feed.
template <class Event> struct Stream;
template <> struct Stream<md::Trade> {
    static constexpr auto kind = ChannelKind::trades;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "side", "price", "size", "trade_id"};
};
template <> struct Stream<md::Funding> {
    static constexpr auto kind = ChannelKind::funding;
    static constexpr std::string_view columns[] = {"type",       "timestamp",   "symbol",         "funding_rate",
                                                   "mark_price", "index_price", "next_funding_at"};
};
template <> struct Stream<md::SpotPrice> {
    static constexpr auto kind = ChannelKind::spot_price;
    static constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "price"};
};

/// What the feed sends of the past when a trades subscription begins is `omenctl trades`, and no line here.
template <class Event> void add_event_stream(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamOptions>();
    add_stream_options(app, *options);
    run = [options](Context& context) {
        const auto print = [&](MarketData&, const md::Event& any, const Symbols& symbols) -> std::uint64_t {
            const auto* event = std::get_if<Event>(&any);
            if (event == nullptr) return 0;
            context.output().line(WithSymbol<Event>(*event, symbols.at(event->market_id)));
            return 1;
        };
        return run_stream(context, *options, Stream<Event>::kind, Stream<Event>::columns, print);
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
