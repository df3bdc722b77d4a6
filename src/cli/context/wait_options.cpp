#include "cli/context/wait_options.hpp"

#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

namespace omen {

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
    const auto& id = order.client_order_id.value;
    if (!ended)
        throw Error(
            Fault::not_met, in_words(order) + "; it did not end in time",
            {.code = "not_met", .hint = "cancel it with: omenctl cancel --client-id " + id, .client_order_id = id});
    if (options.until == WaitFor::filled && order.status != OrderStatus::filled)
        throw Error(Fault::refused, in_words(order), {.code = std::string(code::not_filled), .client_order_id = id});
}

} // namespace omen
