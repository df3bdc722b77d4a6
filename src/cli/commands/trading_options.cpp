#include "cli/commands/trading_options.hpp"

#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

namespace omen {

void add_journal_options(CLI::App& app, JournalFlags& flags) {
    auto* none = app.add_flag_callback(
        "--no-journal", [&flags] { flags.write = false; }, "don't write down what is sent");
    app.add_flag("--journal-sync", flags.sync, "fsync the journal before sending, for a loss of power")->excludes(none);
}

void add_wait_options(CLI::App& app, WaitOptions& options) {
    const auto read = [](const std::string& name, const std::string& text) {
        if (text == "filled") return WaitFor::filled;
        if (text != "done") parse::bad_value(name, text, "filled or done");
        return WaitFor::done;
    };
    parse::option(app, "--wait", options.until, read, "until an order is filled, or done in any way");
    parse::option(app, "--wait-for", options.time, parse::duration, "how long to wait (default 30s)");
}

void check(const WaitOptions& options) {
    if (options.time && !options.until)
        throw Error(Fault::usage, "--wait-for goes with --wait",
                    {.code = "bad_flags", .hint = "add --wait filled or --wait done"});
}

void check_waited(const gw::OrderState& order, const WaitOptions& options, bool ended) {
    std::optional<std::string> client_id;
    if (order.client_order_id) client_id = order.client_order_id->value;
    if (!ended)
        throw Error(
            Fault::not_met, in_words(order) + "; it did not end in time",
            {.code = "not_met",
             .hint = "cancel it with: omenctl cancel " + (client_id ? "--client-id " + *client_id : name_of(order)),
             .client_order_id = client_id});
    if (options.until == WaitFor::filled && order.status != OrderStatus::filled)
        throw Error(Fault::refused, in_words(order),
                    {.code = std::string(code::not_filled), .client_order_id = client_id});
}

Market market_to_trade(Context& context, std::string_view name) {
    auto& markets = context.sessions.markets();
    return context.settings.values().limits.any() ? markets.find(name) : markets.find_or_trust_id(name);
}

std::vector<gw::OrderState> open_orders(Sessions& sessions) {
    // Between one line and the next of a batch, a session may come to its end.
    if (sessions.keeps_running()) return sessions.new_gateway(sessions.step()).call(gw::GetOrders{}).orders;
    return sessions.gateway().call(gw::GetOrders{}).orders;
}

void throw_if_all_failed_alike(const std::vector<trading::Result>& results) {
    const Error* first = nullptr;
    for (const auto& result : results) {
        const auto* error = std::get_if<Error>(&result.outcome);
        if (error == nullptr || (first != nullptr && std::string_view(error->what()) != first->what())) return;
        first = error;
    }
    if (first != nullptr) throw Error(*first);
}

} // namespace omen
