#include "cli/command.hpp"
#include "cli/views.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"symbol", "side",     "size",           "entry_price",  "mark_price",
                                        "margin", "leverage", "unrealized_pnl", "realized_pnl", "liquidation_price"};

struct Options {
    std::string account;
};

Exit run_positions(const Options& options, Context& context) {
    const auto account = options.account.empty() ? context.rest().wallet().wallet : options.account;
    std::vector<WithSymbol<rest::PositionResponse>> positions;
    for (auto& position : context.rest().positions(account)) {
        auto symbol = context.markets().symbol_of(position.market_id);
        positions.emplace_back(std::move(position), std::move(symbol));
    }
    context.output().list(positions, columns);
    return Exit::done;
}

} // namespace

void add_positions(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("account", options->account, "a wallet; your linked one when none is named");
    run = [options](Context& context) { return run_positions(*options, context); };
}

} // namespace omen
