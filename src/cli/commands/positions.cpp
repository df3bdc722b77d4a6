#include "cli/context/command.hpp"
#include "cli/output/views.hpp"
#include "cli/stream/watch.hpp"
#include "client/session/gateway_error.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace omen {

namespace {

constexpr std::string_view positions_columns[] = {
    "symbol",         "side",   "size",     "entry_price",       "mark_price",
    "unrealized_pnl", "margin", "leverage", "liquidation_price", "realized_pnl"};

struct PositionsOptions {
    std::string account;
    bool watch = false;
};

std::vector<WithSymbol<rest::PositionResponse>> with_symbols(const std::vector<rest::PositionResponse>& positions,
                                                             Markets& markets) {
    std::vector<WithSymbol<rest::PositionResponse>> named;
    for (const auto& position : positions) named.emplace_back(position, markets.symbol_of(position.market_id));
    return named;
}

Exit show(const PositionsOptions& options, Context& context) {
    const auto account = options.account.empty() ? context.sessions.rest().wallet().wallet : options.account;
    context.console.output().list(with_symbols(context.sessions.rest().positions(account), context.sessions.markets()),
                                  positions_columns);
    return Exit::done;
}

class WatchedPositions : public Picture {
  public:
    explicit WatchedPositions(Sessions& sessions) : sessions_(sessions) {}

    void connect(Deadline deadline) override {
        positions_.reset();
        gateway_.emplace(sessions_.gateway_stream());
        gateway_->set_deadline(deadline);
        gateway_->call(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::positions))});
    }

    bool pump(Deadline deadline) override {
        const auto message = gateway_->next(deadline);
        if (!message) return false;
        if (const auto* error = std::get_if<gw::ErrorReply>(&*message)) throw session_error(*error);
        const auto* event = std::get_if<gw::Positions>(&*message);
        if (event != nullptr) positions_ = with_symbols(event->positions, sessions_.markets());
        return event != nullptr;
    }

    void draw(Output& output) override {
        if (positions_) output.list(*positions_, positions_columns);
    }

  private:
    Sessions& sessions_;
    std::optional<Gateway> gateway_;
    std::optional<std::vector<WithSymbol<rest::PositionResponse>>> positions_;
};

} // namespace

void add_positions(CLI::App& app, Run& run) {
    auto options = std::make_shared<PositionsOptions>();
    app.add_option("account", options->account, "a wallet; your linked one when none is named");
    app.add_flag("--watch", options->watch, "keep the picture up to date until interrupted");
    const auto start = [options](Context& context) {
        if (!options->watch) return show(*options, context);
        if (!options->account.empty())
            throw Error(Fault::usage, "positions: --watch shows your own wallet", {.code = "bad_flags"});
        WatchedPositions picture(context.sessions);
        return watch(context, picture);
    };
    run = {start, field_names<WithSymbol<rest::PositionResponse>>};
}

} // namespace omen
