#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view cancel_columns[] = {"order_id", "client_order_id", "remaining_size"};
constexpr std::string_view all_columns[] = {"order_id"};

struct CancelOptions {
    std::vector<OrderId> order_ids;
    std::vector<ClientOrderId> client_ids;
    bool all = false;
    std::optional<std::string> market;
    JournalFlags journal;
};

void check(const CancelOptions& options) {
    const bool named = !options.order_ids.empty() || !options.client_ids.empty();
    if (named == options.all)
        throw Error(Fault::usage,
                    options.all ? "cancel: orders are named and --all is given" : "cancel: no order named",
                    {.code = "bad_flags", .hint = "name order ids, use --client-id, or use --all alone"});
    if (options.market && !options.all)
        throw Error(Fault::usage, "cancel: --market goes with --all", {.code = "bad_flags"});
}

Exit cancel_all(const CancelOptions& options, Context& context) {
    gw::CancelAll command;
    if (options.market) command.market_id = context.sessions.markets().find_or_trust_id(*options.market).id;
    auto result = std::move(context.sessions.trade(options.journal, {command}).front());
    if (const auto* error = std::get_if<Error>(&result.outcome)) throw Error(*error);
    std::vector<CancelledOrder> cancelled;
    const auto& reply = std::get<gw::CancelledAll>(std::get<trading::Reply>(result.outcome));
    for (const auto& id : reply.order_ids.value_or(std::vector<OrderId>())) cancelled.push_back({id});
    context.console.set_outcome("cancel all: " +
                                (reply.order_ids ? std::to_string(cancelled.size()) + " cancelled" : "done"));
    context.console.output().list(cancelled, all_columns);
    return Exit::done;
}

/// All cancels leave together; each has its own outcome.
Exit cancel_named(const CancelOptions& options, Context& context) {
    std::vector<trading::Request> commands;
    for (const auto& id : options.order_ids) commands.emplace_back(gw::Cancel{.order_id = id});
    for (const auto& id : options.client_ids) commands.emplace_back(gw::Cancel{.client_order_id = id});
    const auto count = commands.size();
    std::vector<Result<gw::CancelAccepted>> cancelled;
    auto exit = Exit::done;
    auto results = context.sessions.trade(options.journal, std::move(commands));
    throw_if_all_failed_alike(results);
    for (auto& result : results) {
        if (const auto* error = std::get_if<Error>(&result.outcome)) {
            context.console.report(*error);
            exit = more_serious(exit, error->exit_code());
        } else {
            cancelled.emplace_back(std::get<gw::CancelAccepted>(std::get<trading::Reply>(std::move(result.outcome))));
        }
    }
    context.console.set_outcome("cancel: " + std::to_string(cancelled.size()) + " of " + std::to_string(count) +
                                " cancelled");
    if (!cancelled.empty()) context.console.output().list(cancelled, cancel_columns);
    return exit;
}

} // namespace

void add_cancel(CLI::App& app, Run& run) {
    auto options = std::make_shared<CancelOptions>();
    app.add_option_function<std::vector<std::string>>(
        "order_id",
        [options](const std::vector<std::string>& ids) {
            for (const auto& id : ids) options->order_ids.push_back({id});
        },
        "the exchange's ids of the orders");
    app.add_option_function<std::vector<std::string>>(
        "--client-id",
        [options](const std::vector<std::string>& ids) {
            for (const auto& id : ids) options->client_ids.push_back(parse::client_order_id("--client-id", id));
        },
        "your own ids of the orders");
    app.add_flag("--all", options->all, "every open order");
    app.add_option("--market", options->market, "with --all: only of this market (symbol or id)");
    add_journal_options(app, options->journal);
    const auto start = [options](Context& context) {
        check(*options);
        return options->all ? cancel_all(*options, context) : cancel_named(*options, context);
    };
    run = {start, [options] {
               return options->all ? field_names<CancelledOrder>() : field_names<Result<gw::CancelAccepted>>();
           }};
}

} // namespace omen
