#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "protocol/limits.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view trades_columns[] = {"timestamp", "symbol", "side", "price", "size", "trade_id"};

struct TradesOptions {
    std::string market;
    std::optional<std::uint32_t> limit;
};

Exit run_trades(const TradesOptions& options, Context& context) {
    const auto market = context.sessions.markets().find(options.market);
    std::vector<WithSymbol<rest::TradeResponse>> trades;
    for (auto& trade : context.sessions.rest().trades(market.id, options.limit))
        trades.emplace_back(trade, market.symbol());
    context.console.output().list(trades, trades_columns);
    return Exit::done;
}

} // namespace

void add_trades(CLI::App& app, Run& run) {
    auto options = std::make_shared<TradesOptions>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--limit", options->limit, parse::whole_from(1, limits::most_listed),
                  "at most this many, newest first: 1 to 1000");
    run = {[options](Context& context) { return run_trades(*options, context); },
           field_names<WithSymbol<rest::TradeResponse>>};
}

} // namespace omen
