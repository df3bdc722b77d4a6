#include "cli/command.hpp"
#include "cli/limit_check.hpp"
#include "cli/order_view.hpp"
#include "cli/parse.hpp"
#include "client/orders.hpp"
#include "protocol/codes.hpp"

#include <memory>

namespace omen {

namespace {

struct Options {
    std::string market;
    Side side = Side::buy;
    Decimal size;
    std::optional<Decimal> price;
    bool at_market = false;
    std::optional<TimeInForce> time_in_force;
    bool post_only = false;
    bool reduce_only = false;
    std::optional<ClientOrderId> client_id;
    bool dry_run = false;
};

/// What flags alone can tell to be wrong.
void check(const Options& options) {
    const auto refuse = [](const char* why, const char* hint) {
        throw Error(Fault::usage, std::string("order: ") + why, {.code = "bad_flags", .hint = hint});
    };
    if (!options.price && !options.at_market)
        refuse("neither --price nor --at-market is given", "name a price, or say --at-market");
    if (options.price && options.at_market) refuse("--price and --at-market exclude each other", "choose one");
    if (options.at_market && options.post_only) refuse("--at-market and --post-only exclude each other", "choose one");
    if (options.at_market && options.time_in_force && *options.time_in_force != TimeInForce::ioc)
        refuse("--at-market is always ioc", "leave out --tif");
    if (options.post_only && options.time_in_force && *options.time_in_force != TimeInForce::gtc)
        refuse("--post-only rests, so it is always gtc", "leave out --tif");
}

gw::Order command_of(const Options& options, const Market& market) {
    const auto default_tif = options.at_market ? TimeInForce::ioc : TimeInForce::gtc;
    return {.client_order_id = options.client_id ? *options.client_id : mint_client_order_id(),
            .market_id = market.id,
            .side = options.side,
            .order_type = options.at_market ? OrderType::market : OrderType::limit,
            .price = options.price,
            .size = options.size,
            .time_in_force = options.time_in_force.value_or(default_tif),
            .post_only = options.post_only,
            .reduce_only = options.reduce_only};
}

/// An order that was taken and is already over with nothing filled has done nothing.
void check_filled(const gw::OrderState& order) {
    if (is_live(order.status) || order.status == OrderStatus::filled || order.filled_size.is_positive()) return;
    throw Error(Fault::refused,
                "order " + order.client_order_id.value + ": " + std::string(to_string(order.status)) +
                    ", nothing filled",
                {.code = std::string(code::not_filled), .client_order_id = order.client_order_id.value});
}

Exit run_order(const Options& options, Context& context) {
    check(options);
    const auto market = market_to_trade(context, options.market);
    check_against_market(context.markets(), market, options.price, options.size);
    const auto command = command_of(options, market);
    check_limits(context, market, command);
    if (options.dry_run) {
        context.output().one(WithSymbol<Result<gw::Order>>(Result(command), market.symbol()));
        return Exit::done;
    }
    context.confirm(std::string(to_string(options.side)) + " " + options.size.text() + " " + market.symbol() + " " +
                    (options.price ? "at " + options.price->text() : "at market"));
    const auto order = state_of(command, context.gateway().call(command));
    check_filled(order);
    context.set_outcome("order " + order.client_order_id.value + ": " + std::string(to_string(order.status)) +
                        ", filled " + order.filled_size.text());
    context.output().one(OrderView(order, market.symbol()));
    return Exit::done;
}

} // namespace

void add_order(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("market", options->market, "symbol or id; an id is not looked up first")->required();
    parse::option(app, "side", options->side, parse::one_of<Side>, "buy or sell")->required();
    parse::option(app, "size", options->size, parse::positive, "how much, in the base asset")->required();
    parse::option(app, "--price", options->price, parse::positive, "limit price");
    app.add_flag("--at-market", options->at_market, "take the best prices there are; what can't fill is dropped");
    parse::option(app, "--tif", options->time_in_force, parse::one_of<TimeInForce>, "time in force: gtc, ioc or fok");
    app.add_flag("--post-only", options->post_only, "refuse rather than take liquidity");
    app.add_flag("--reduce-only", options->reduce_only, "only ever shrink a position");
    parse::option(app, "--client-id", options->client_id, parse::client_order_id,
                  "your own id for the order (default: a new one)");
    app.add_flag("--dry-run", options->dry_run, "check it and print what would be sent; send nothing");
    run = [options](Context& context) { return run_order(*options, context); };
}

} // namespace omen
