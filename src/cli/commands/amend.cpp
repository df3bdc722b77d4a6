#include "cli/commands/preview.hpp"
#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"

#include <memory>

namespace omen {

namespace {

struct AmendOptions {
    std::string order_id;
    std::optional<ClientOrderId> client_id;
    std::optional<Decimal> price;
    std::optional<Decimal> size;
    JournalFlags journal;
};

void check(const AmendOptions& options) {
    if (options.order_id.empty() == !options.client_id)
        throw Error(Fault::usage, "amend: exactly one order must be named",
                    {.code = "bad_flags", .hint = "name an order id or use --client-id"});
    if (!options.price && !options.size)
        throw Error(Fault::usage, "amend: nothing to change",
                    {.code = "bad_flags", .hint = "use --price, --size or both"});
}

Exit run_amend(const AmendOptions& options, Context& context) {
    check(options);
    gw::Amend command{.client_order_id = options.client_id, .price = options.price, .size = options.size};
    if (!options.order_id.empty()) command.order_id = OrderId{options.order_id};
    if (context.asks()) {
        context.sessions.check_limits(command);
        context.confirm("amend", preview::of(command, context));
    }
    auto result = std::move(context.sessions.trade(options.journal, {command}).front());
    if (const auto* error = std::get_if<Error>(&result.outcome)) throw Error(*error);
    const Result amended(std::get<gw::AmendAccepted>(std::get<trading::Reply>(std::move(result.outcome))));
    std::string outcome = "amend " + (amended.order_id ? amended.order_id->value : amended.client_order_id->value);
    if (amended.price) outcome += ", price " + amended.price->text();
    if (amended.size) outcome += ", size " + amended.size->text();
    context.console.set_outcome(outcome);
    context.console.output().one(amended);
    return Exit::done;
}

} // namespace

void add_amend(CLI::App& app, Run& run) {
    auto options = std::make_shared<AmendOptions>();
    app.add_option("order_id", options->order_id, "the exchange's id of the order");
    parse::option(app, "--client-id", options->client_id, parse::client_order_id, "your own id of the order");
    parse::option(app, "--price", options->price, parse::positive, "the new limit price");
    parse::option(app, "--size", options->size, parse::positive, "the new total size, filled part included");
    add_journal_options(app, options->journal);
    run = {[options](Context& context) { return run_amend(*options, context); },
           field_names<Result<gw::AmendAccepted>>};
}

} // namespace omen
