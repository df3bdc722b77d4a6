#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "cli/output/views.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

constexpr std::string_view risk_columns[] = {"symbol", "bad_debt"};

using MarketBadDebt = WithSymbol<rest::MarketBadDebt>;

/// The exchange's report, with the markets' symbols.
struct BadDebtView {
    std::optional<Decimal> total_bad_debt;
    std::optional<Decimal> insurance_fund;
    std::optional<std::vector<MarketBadDebt>> markets;

    static constexpr auto declaration() {
        return wire::record("bad debt", wire::field("total_bad_debt", &BadDebtView::total_bad_debt),
                            wire::field("insurance_fund", &BadDebtView::insurance_fund),
                            wire::field("markets", &BadDebtView::markets));
    }
};

Exit bad_debt(Context& context) {
    const auto report = context.sessions.rest().bad_debt();
    BadDebtView debt{.total_bad_debt = report.total_bad_debt, .insurance_fund = report.insurance_fund, .markets = {}};
    if (report.markets) {
        auto& markets = debt.markets.emplace();
        for (const auto& market : *report.markets)
            markets.emplace_back(market, context.sessions.markets().symbol_of(market.market_id));
    }
    auto& output = context.console.output();
    output.one(debt);
    if (debt.markets && output.is_table() && context.settings.flags().fields.empty())
        output.list(*debt.markets, risk_columns);
    return Exit::done;
}

void add_bad_debt(CLI::App&, Run& run) {
    run = bad_debt;
}

constexpr Command risk_subcommands[] = {
    {"bad-debt", "what liquidations could not cover", add_bad_debt},
};

} // namespace

void add_risk(CLI::App& app, Run& run) {
    add_subcommands(app, run, risk_subcommands);
}

} // namespace omen
