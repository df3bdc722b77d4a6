#include "cli/command.hpp"
#include "cli/subcommands.hpp"
#include "cli/views.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"symbol", "bad_debt"};

Exit bad_debt(Context& context) {
    const auto debt = context.rest().bad_debt();
    if (!context.output().is_table()) {
        context.output().one(debt);
        return Exit::done;
    }
    context.output().one(debt);
    std::vector<WithSymbol<rest::MarketBadDebt>> markets;
    for (const auto& market : debt.markets) markets.emplace_back(market, context.markets().symbol_of(market.market_id));
    if (context.flags().fields.empty()) context.output().list(markets, columns);
    return Exit::done;
}

void add_bad_debt(CLI::App&, Run& run) {
    run = bad_debt;
}

constexpr Command subcommands[] = {
    {"bad-debt", "what liquidations could not cover", add_bad_debt},
};

} // namespace

void add_risk(CLI::App& app, Run& run) {
    add_subcommands(app, run, subcommands);
}

} // namespace omen
