#include "cli/commands/sandbox_audit.hpp"

#include "cli/commands/sandbox_control.hpp"
#include "sandbox/exchange/audit.hpp"
#include "sandbox/rest/control.hpp"

namespace omen {

namespace {

constexpr std::string_view audit_columns[] = {"market_id", "longs", "shorts"};

/// One market's positions, and the money with each.
struct AuditRow {
    MarketId market_id{0};
    std::optional<Decimal> longs;
    std::optional<Decimal> shorts;
    std::optional<Decimal> wallets;
    std::optional<Decimal> house;
    Decimal fees;
    Decimal insurance;
    Decimal rounding;
    Decimal deposits;
    Decimal debt;

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("audit row", field("market_id", &AuditRow::market_id), field("longs", &AuditRow::longs),
                            field("shorts", &AuditRow::shorts), field("wallets", &AuditRow::wallets),
                            field("house", &AuditRow::house), field("fees", &AuditRow::fees),
                            field("insurance", &AuditRow::insurance), field("rounding", &AuditRow::rounding),
                            field("deposits", &AuditRow::deposits), field("debt", &AuditRow::debt));
    }
};

std::vector<AuditRow> audit_rows(const sandbox::Audit& audit) {
    std::vector<AuditRow> rows;
    for (const auto& market : audit.markets)
        rows.push_back({market.market_id, market.longs, market.shorts, audit.wallets, audit.house, audit.fees,
                        audit.insurance, audit.rounding, audit.deposits, audit.debt});
    return rows;
}

/// The money, and under it the markets.
std::string audit_table(const sandbox::Audit& audit, const OutputStyle& style) {
    auto money = row_of(audit, {.scaled = style.scaled});
    std::erase_if(money, [](const auto& cell) { return cell.name == "markets" || cell.name == "faults"; });
    std::string out;
    append_fields(out, money);
    std::vector<Row> rows;
    for (const auto& market : audit.markets) rows.push_back(row_of(market, {.scaled = style.scaled}));
    append_table(out, audit_columns, rows, {.header = style.header, .width = style.width, .colour = style.colour});
    return out;
}

Exit run_audit(Context& context) {
    const auto audit = ask_sandbox_for<sandbox::Audit>(
        context, {.command = "sandbox audit", .method = "GET", .target = std::string(sandbox::Control::audit_path)});
    context.console.output().one(audit, audit_rows, {.columns = audit_columns, .draw = [&](const auto& style) {
                                                         return audit_table(audit, style);
                                                     }});
    if (audit.faults.empty()) return Exit::done;
    throw Error(Fault::protocol, "sandbox audit: it does not add up: " + audit.faults.front(),
                {.code = "does_not_add_up", .hint = "please report it, with what was done before"});
}

} // namespace

void add_sandbox_audit(CLI::App&, Run& run) {
    run = {run_audit, field_names<sandbox::Audit, AuditRow>};
}

} // namespace omen
