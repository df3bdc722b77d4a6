#include "cli/stream.hpp"

#include "cli/parse.hpp"
#include "cli/subcommands.hpp"

namespace omen {

namespace {

constexpr Command streams[] = {
    {"book", "order books, every delta checked", add_stream_book},
    {"trades", "trades as they happen", add_stream_trades},
    {"funding", "funding rates with mark and index price", add_stream_funding},
    {"spot", "spot (index) prices", add_stream_spot},
    {"balance", "your balance, whole, whenever it changes", add_stream_balance},
    {"positions", "your positions, whole, whenever they change", add_stream_positions},
    {"pnl", "your profit or loss, whole, whenever it changes", add_stream_pnl},
    {"orders", "your open orders, whole, whenever they change", add_stream_orders},
    {"drop-copy", "every execution of your wallet, in sequence", add_stream_drop_copy},
};

/// The market that an event is about; nothing for confirmations and the like.
const MarketId* market_of(const md::Event& event) {
    return std::visit(
        [](const auto& value) -> const MarketId* {
            if constexpr (requires { value.market_id; })
                return &value.market_id;
            else
                return nullptr;
        },
        event);
}

} // namespace

void add_stream_limits(CLI::App& app, StreamLimits& limits) {
    parse::option(app, "--count", limits.count, parse::whole_from(1, UINT64_MAX), "end after this many lines");
    parse::option(app, "--for", limits.for_, parse::duration, "end after this time (like 10s)");
    parse::option(app, "--idle", limits.idle, parse::duration, "end when nothing has come for this long");
}

void add_stream_options(CLI::App& app, StreamOptions& options) {
    app.add_option("market", options.markets, "symbols or ids")->required();
    add_stream_limits(app, options.limits);
}

Exit run_stream(Context& context, const StreamOptions& options, ChannelKind kind, Columns columns,
                const std::function<std::uint64_t(MarketData&, const md::Event&, const Symbols&)>& on_event) {
    Symbols symbols;
    std::vector<md::Channel> channels;
    for (const auto& name : options.markets) {
        const auto market = context.markets().find(name);
        if (symbols.emplace(market.id, market.symbol()).second) channels.push_back({kind, market.id});
    }
    auto feed = context.market_data();
    feed.subscribe(channels, context.step());
    context.output().begin_stream(columns);
    StreamBounds bounds(options.limits, Clock::now());
    while (!bounds.count_reached()) {
        const auto end = bounds.end();
        const auto event = end.passed() ? std::nullopt : feed.next(end);
        if (!event) return bounds.out_of_time();
        const auto* market = market_of(*event);
        if (market == nullptr || !symbols.contains(*market)) continue;
        if (const auto lines = on_event(feed, *event, symbols); lines > 0) bounds.seen(lines, Clock::now());
    }
    return Exit::done;
}

void add_stream(CLI::App& app, Run& run) {
    add_subcommands(app, run, streams);
}

} // namespace omen
