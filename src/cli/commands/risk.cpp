#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "cli/output/views.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

constexpr std::string_view risk_columns[] = {"symbol", "bad_debt"};

using MarketDebt = WithSymbol<rest::MarketBadDebt>;

/// The exchange's report, with the markets' symbols.
struct BadDebtView {
    std::optional<Decimal> total_bad_debt;
    std::optional<Decimal> insurance_fund;
    std::optional<std::vector<MarketDebt>> markets;

    static constexpr auto declaration() {
        return wire::record("bad debt", wire::field("total_bad_debt", &BadDebtView::total_bad_debt),
                            wire::field("insurance_fund", &BadDebtView::insurance_fund),
                            wire::field("markets", &BadDebtView::markets));
    }
};

/// One market's, and the totals with each.
struct BadDebtRow : MarketDebt {
    std::optional<Decimal> total_bad_debt{};
    std::optional<Decimal> insurance_fund{};

    static constexpr auto declaration() {
        return std::apply(
            [](const auto&... fields) {
                return wire::record("bad debt row", fields...,
                                    wire::field("total_bad_debt", &BadDebtRow::total_bad_debt),
                                    wire::field("insurance_fund", &BadDebtRow::insurance_fund));
            },
            MarketDebt::declaration().fields);
    }
};

/// Where no market is listed, the totals alone.
std::vector<BadDebtRow> bad_debt_rows(const BadDebtView& debt) {
    std::vector<BadDebtRow> rows;
    auto markets = debt.markets.value_or(std::vector<MarketDebt>());
    if (markets.empty()) markets.emplace_back();
    for (const auto& market : markets) rows.push_back({market, debt.total_bad_debt, debt.insurance_fund});
    return rows;
}

/// The totals, and under them the markets.
std::string bad_debt_table(const BadDebtView& debt, const OutputStyle& style) {
    BadDebtView totals = debt;
    totals.markets.reset();
    std::string out;
    append_fields(out, row_of(totals, {.scaled = style.scaled}));
    if (!debt.markets) return out;
    std::vector<Row> rows;
    for (const auto& market : *debt.markets) rows.push_back(row_of(market, {.scaled = style.scaled}));
    append_table(out, risk_columns, rows, {.header = style.header, .width = style.width, .colour = style.colour});
    return out;
}

Exit bad_debt(Context& context) {
    const auto report = context.sessions.rest().bad_debt();
    BadDebtView debt{.total_bad_debt = report.total_bad_debt, .insurance_fund = report.insurance_fund, .markets = {}};
    if (report.markets) {
        auto& markets = debt.markets.emplace();
        for (const auto& market : *report.markets)
            markets.emplace_back(market, context.sessions.markets().symbol_of(market.market_id));
    }
    context.console.output().one(debt, bad_debt_rows, {.columns = risk_columns, .draw = [&](const auto& style) {
                                                           return bad_debt_table(debt, style);
                                                       }});
    return Exit::done;
}

void add_bad_debt(CLI::App&, Run& run) {
    run = {bad_debt, field_names<BadDebtView, BadDebtRow>};
}

constexpr Command risk_subcommands[] = {
    {"bad-debt", "what liquidations could not cover", add_bad_debt},
};

} // namespace

void add_risk(CLI::App& app, Run& run) {
    add_subcommands(app, run, risk_subcommands);
}

} // namespace omen
