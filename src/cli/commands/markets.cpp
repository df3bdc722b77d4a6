#include "cli/context/command.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace omen {

namespace {

constexpr std::string_view markets_columns[] = {"market_id", "symbol",       "status",    "tick_size", "lot_size",
                                                "min_size",  "max_leverage", "maker_fee", "taker_fee"};

struct MarketsOptions {
    std::string market;
};

Exit run_markets(const MarketsOptions& options, Context& context) {
    const auto& all = context.sessions.markets().all(); // what is shown is as it is now, not as it is remembered
    if (options.market.empty())
        context.console.output().list(all, markets_columns);
    else
        context.console.output().list(std::vector{*context.sessions.markets().find(options.market).details},
                                      markets_columns);
    return Exit::done;
}

} // namespace

void add_markets(CLI::App& app, Run& run) {
    auto options = std::make_shared<MarketsOptions>();
    app.add_option("market", options->market, "show only this one (symbol or id)");
    run = {[options](Context& context) { return run_markets(*options, context); }, field_names<rest::MarketResponse>};
}

} // namespace omen
