#include "cli/command.hpp"
#include "cli/views.hpp"
#include "cli/watch.hpp"
#include "client/gateway_error.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"symbol",         "side",   "size",     "entry_price",       "mark_price",
                                        "unrealized_pnl", "margin", "leverage", "liquidation_price", "realized_pnl"};

struct Options {
    std::string account;
    bool watch = false;
};

std::vector<WithSymbol<rest::PositionResponse>> with_symbols(const std::vector<rest::PositionResponse>& positions,
                                                             Context& context) {
    std::vector<WithSymbol<rest::PositionResponse>> named;
    for (const auto& position : positions)
        named.emplace_back(position, context.markets().symbol_of(position.market_id));
    return named;
}

Exit show(const Options& options, Context& context) {
    const auto account = options.account.empty() ? context.rest().wallet().wallet : options.account;
    context.output().list(with_symbols(context.rest().positions(account), context), columns);
    return Exit::done;
}

Exit watch_positions(const Options& options, Context& context) {
    if (!options.account.empty())
        throw Error(Fault::usage, "positions: --watch shows your own wallet", {.code = "bad_flags"});
    auto gateway = context.gateway_stream();
    gateway.call(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::positions))});
    std::vector<WithSymbol<rest::PositionResponse>> positions;
    const auto pump = [&](Deadline deadline) {
        const auto message = gateway.next(deadline);
        if (!message) return false;
        if (const auto* error = std::get_if<gw::ErrorReply>(&*message)) throw session_error(*error);
        const auto* event = std::get_if<gw::Positions>(&*message);
        if (event != nullptr) positions = with_symbols(event->positions, context);
        return event != nullptr;
    };
    return watch(context, pump, [&](Output& output) {
        if (!is_json(output.style().format)) return output.list(positions, columns);
        for (const auto& position : positions) output.line(position);
    });
}

} // namespace

void add_positions(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("account", options->account, "a wallet; your linked one when none is named");
    app.add_flag("--watch", options->watch, "keep the picture up to date until interrupted");
    run = [options](Context& context) {
        return options->watch ? watch_positions(*options, context) : show(*options, context);
    };
}

} // namespace omen
