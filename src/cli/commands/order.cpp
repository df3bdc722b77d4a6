#include "cli/commands/preview.hpp"
#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "client/markets/order_checks.hpp"
#include "client/trading/orders.hpp"
#include "system/signals.hpp"

#include <memory>

namespace omen {

namespace {

/// What --dry-run prints.
using CheckedOrder = WithSymbol<Result<gw::Order>>;

struct OrderOptions {
    std::string market;
    Side side = Side::buy;
    Decimal size;
    std::optional<Decimal> price;
    bool at_market = false;
    std::optional<TimeInForce> time_in_force;
    bool post_only = false;
    bool reduce_only = false;
    std::optional<ClientOrderId> client_id;
    WaitOptions wait;
    bool dry_run = false;
    JournalFlags journal;
};

/// Refuses flag combinations that are wrong for any market.
void check(const OrderOptions& options) {
    const auto refuse = [](const char* why, const char* hint) {
        throw Error(Fault::usage, std::string("order: ") + why, {.code = "bad_flags", .hint = hint});
    };
    if (!options.price && !options.at_market)
        refuse("neither --price nor --at-market is given", "name a price, or say --at-market");
    if (options.price && options.at_market) refuse("--price and --at-market exclude each other", "choose one");
    if (options.at_market && options.post_only) refuse("--at-market and --post-only exclude each other", "choose one");
    if (options.at_market && options.time_in_force == TimeInForce::gtc)
        refuse("--at-market never rests, so it is not gtc", "leave out --tif, or say ioc or fok");
    if (options.post_only && options.time_in_force && *options.time_in_force != TimeInForce::gtc)
        refuse("--post-only rests, so it is always gtc", "leave out --tif");
    check(options.wait);
}

gw::Order command_of(const OrderOptions& options, const Market& market) {
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

/// Places the order and, under --wait, follows it to its end.
Exit place(const OrderOptions& options, Context& context, const gw::Order& command, const Market& market) {
    const auto follow_for = options.wait.until ? std::optional(options.wait.longest()) : std::nullopt;
    const auto result = std::move(
        context.sessions
            .trade(options.journal, {command}, {.handling = {.minted = !options.client_id}, .follow_for = follow_for})
            .front());
    if (const auto* error = std::get_if<Error>(&result.outcome)) throw Error(*error);
    const auto& order = *result.order;
    if (!result.was_earlier)
        check_filled(state_of(command, std::get<gw::OrderAccepted>(std::get<trading::Reply>(result.outcome))));
    context.console.set_outcome(in_words(order));
    context.console.output().one(OrderView(order, market.symbol()));
    // Of an order from before it is news how it stands, even where that is a failure.
    if (result.was_earlier && !options.wait.until) check_filled(order);
    if (result.end_unknown) throw Error(*result.end_unknown);
    if (options.wait.until && !signals::received()) check_waited(order, options.wait, result.ended);
    return Exit::done;
}

Exit run_order(const OrderOptions& options, Context& context) {
    check(options);
    const auto market = market_to_trade(context, options.market);
    check_against_market(context.sessions.markets(), market, options.price, options.size);
    const auto command = command_of(options, market);
    if (options.dry_run) {
        context.sessions.check_limits(command);
        context.console.output().one(CheckedOrder(Result(command), market.symbol()));
        return Exit::done;
    }
    if (context.asks()) {
        context.sessions.check_limits(command);
        context.confirm("order", preview::of(command, market.symbol(), context));
    }
    return place(options, context, command, market);
}

} // namespace

void add_order(CLI::App& app, Run& run) {
    auto options = std::make_shared<OrderOptions>();
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
    add_wait_options(app, options->wait);
    add_journal_options(app, options->journal);
    app.add_flag("--dry-run", options->dry_run, "check it and print what would be sent; send nothing");
    run = {[options](Context& context) { return run_order(*options, context); },
           [options] { return options->dry_run ? field_names<CheckedOrder>() : field_names<OrderView>(); }};
}

} // namespace omen
