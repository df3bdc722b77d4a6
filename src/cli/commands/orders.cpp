#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "client/trading/look_up.hpp"

#include <memory>

namespace omen {

namespace {

struct OrdersOptions {
    std::optional<std::string> market;
    std::optional<ClientOrderId> client_id;
};

std::vector<gw::OrderState> find_orders(const OrdersOptions& options, Sessions& sessions) {
    if (!options.client_id) return sessions.gateway().call(gw::GetOrders{}).orders;
    const auto new_gateway = [&](Deadline by) { return sessions.new_gateway(by); };
    auto order = find_order(new_gateway, *options.client_id, sessions.deadline());
    if (order) return {std::move(*order)};
    throw Error(Fault::not_found, "order " + options.client_id->value + ": the exchange has no order of this id",
                {.code = "unknown_order", .client_order_id = options.client_id->value});
}

Exit run_orders(const OrdersOptions& options, Context& context) {
    std::optional<MarketId> market;
    if (options.market) market = context.sessions.markets().find(*options.market).id;
    std::vector<OrderView> orders;
    for (auto& order : find_orders(options, context.sessions))
        if (!market || !order.market_id || *order.market_id == *market) {
            auto symbol = context.sessions.markets().symbol_of(order.market_id);
            orders.emplace_back(std::move(order), std::move(symbol));
        }
    context.console.output().list(orders, order_columns);
    return Exit::done;
}

} // namespace

void add_orders(CLI::App& app, Run& run) {
    auto options = std::make_shared<OrdersOptions>();
    app.add_option("--market", options->market, "only orders of this market (symbol or id)");
    parse::option(app, "--client-id", options->client_id, parse::client_order_id,
                  "the order of this client order id, in whatever state it is");
    run = {[options](Context& context) { return run_orders(*options, context); }, field_names<OrderView>};
}

} // namespace omen
