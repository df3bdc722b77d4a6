#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "client/trading/orders.hpp"

#include <algorithm>
#include <memory>

namespace omen {

namespace {

struct CloseOptions {
    std::string market;
    bool all = false;
    JournalFlags journal;
};

/// The order that flattens a position.
gw::Order closing(const rest::PositionResponse& position, const std::string& symbol) {
    const auto side = position.side.known();
    if (!side)
        throw Error(Fault::protocol, "close " + symbol + ": a position of side \"" +
                                         std::string(to_string(position.side)) + "\" is not known here");
    return {.client_order_id = mint_client_order_id(),
            .market_id = position.market_id,
            .side = side == PositionSide::long_ ? Side::sell : Side::buy,
            .order_type = OrderType::market,
            .size = position.size,
            .time_in_force = TimeInForce::ioc,
            .reduce_only = true};
}

std::vector<rest::PositionResponse> positions_to_close(const CloseOptions& options, Sessions& sessions) {
    std::optional<MarketId> market;
    if (!options.market.empty()) market = sessions.markets().find_or_trust_id(options.market).id;
    auto positions = sessions.gateway().call(gw::GetPositions{}).positions;
    if (!market) return positions;
    std::erase_if(positions, [&](const auto& position) { return position.market_id != *market; });
    if (positions.empty())
        throw Error(Fault::not_found, "close " + options.market + ": there is no position", {.code = "no_position"});
    return positions;
}

Exit run_close(const CloseOptions& options, Context& context) {
    if (options.market.empty() != options.all)
        throw Error(Fault::usage, "close: name a market, or say --all", {.code = "bad_flags"});
    const auto positions = positions_to_close(options, context.sessions);
    if (!positions.empty()) context.confirm("close " + std::to_string(positions.size()) + " position(s) at market");
    std::vector<trading::Request> requests;
    auto exit = Exit::done;
    for (const auto& position : positions) {
        try {
            requests.emplace_back(closing(position, context.sessions.markets().symbol_of(position.market_id)));
        } catch (const Error& error) {
            context.console.report(error);
            exit = more_serious(exit, error.exit_code());
        }
    }
    auto results = context.sessions.trade(options.journal, std::move(requests), {.minted = true});
    throw_if_all_failed_alike(results);
    std::vector<OrderView> orders;
    for (auto& result : results) {
        if (const auto* error = std::get_if<Error>(&result.outcome)) {
            context.console.report(*error);
            exit = more_serious(exit, error->exit_code());
        } else {
            const auto& command = std::get<gw::Order>(result.request);
            orders.emplace_back(std::move(*result.order), context.sessions.markets().symbol_of(command.market_id));
        }
    }
    context.console.set_outcome("close: " + std::to_string(orders.size()) + " of " + std::to_string(positions.size()) +
                                " sent");
    if (!orders.empty() || positions.empty()) context.console.output().list(orders, order_columns);
    return exit;
}

} // namespace

void add_close(CLI::App& app, Run& run) {
    auto options = std::make_shared<CloseOptions>();
    app.add_option("market", options->market, "symbol or id");
    app.add_flag("--all", options->all, "every position");
    add_journal_options(app, options->journal);
    run = [options](Context& context) { return run_close(*options, context); };
}

} // namespace omen
