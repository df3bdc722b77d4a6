#include "cli/command.hpp"
#include "cli/views.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"symbol",     "last_price", "mark_price",    "index_price",
                                        "best_bid",   "best_ask",   "high_24h",      "low_24h",
                                        "volume_24h", "change_24h", "open_interest", "funding_rate"};

struct Options {
    std::vector<std::string> markets;
};

Exit run_ticker(const Options& options, Context& context) {
    std::vector<Market> markets;
    for (const auto& name : options.markets) markets.push_back(context.markets().find(name));
    if (markets.empty())
        for (const auto& market : context.markets().all()) markets.push_back({market.market_id, market});
    std::vector<WithSymbol<rest::TickerResponse>> tickers;
    for (const auto& market : markets) tickers.emplace_back(context.rest().ticker(market.id), market.symbol());
    context.output().list(tickers, columns);
    return Exit::done;
}

} // namespace

void add_ticker(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("market", options->markets, "symbols or ids; all markets when none is named");
    run = [options](Context& context) { return run_ticker(*options, context); };
}

} // namespace omen
