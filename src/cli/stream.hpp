#pragma once

#include "cli/command.hpp"
#include "cli/stream_bounds.hpp"
#include "client/markets.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace omen {

/// The options of every public stream.
struct StreamOptions {
    std::vector<std::string> markets;
    StreamLimits limits;
};

/// --count, --for and --idle.
void add_stream_limits(CLI::App& app, StreamLimits& limits);
void add_stream_options(CLI::App& app, StreamOptions& options);

/// Symbols by market id, for the markets of one stream.
using Symbols = std::map<MarketId, std::string>;

/// Subscribes to one kind of channel for the named markets and hands each event to `on_event`, which prints it and says
/// how many lines that gave, until a limit is reached.
Exit run_stream(Context& context, const StreamOptions& options, ChannelKind kind, Columns columns,
                const std::function<std::uint64_t(MarketData&, const md::Event&, const Symbols&)>& on_event);

void add_stream_book(CLI::App& app, Run& run);
void add_stream_trades(CLI::App& app, Run& run);
void add_stream_funding(CLI::App& app, Run& run);
void add_stream_spot(CLI::App& app, Run& run);
void add_stream_balance(CLI::App& app, Run& run);
void add_stream_positions(CLI::App& app, Run& run);
void add_stream_pnl(CLI::App& app, Run& run);
void add_stream_orders(CLI::App& app, Run& run);
void add_stream_drop_copy(CLI::App& app, Run& run);

} // namespace omen
