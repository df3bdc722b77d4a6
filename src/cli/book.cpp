#include "cli/command.hpp"
#include "cli/output/ladder.hpp"
#include "cli/parse.hpp"
#include "cli/views.hpp"

#include <memory>

namespace omen {

namespace {

struct Options {
    std::string market;
    std::optional<std::uint32_t> depth = 20; ///< none: the whole book
};

std::optional<std::uint32_t> parse_depth(const std::string& name, const std::string& text) {
    if (text == "all") return std::nullopt;
    return static_cast<std::uint32_t>(parse::whole(name, text, 1, 1'000'000));
}

Exit run_book(const Options& options, Context& context) {
    const auto market = context.markets().find(options.market);
    auto snapshot = context.rest().orderbook(market.id, options.depth);
    const BookView book{.type = {},
                        .market_id = snapshot.market_id,
                        .symbol = market.symbol(),
                        .sequence = snapshot.sequence,
                        .timestamp = snapshot.timestamp,
                        .bids = std::move(snapshot.bids),
                        .asks = std::move(snapshot.asks)};
    if (context.output().is_table())
        context.output().text(ladder(book, context.options().raw));
    else
        context.output().one(book);
    return Exit::done;
}

} // namespace

void add_book(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--depth", options->depth, parse_depth, "levels a side, or all (default 20)");
    run = [options](Context& context) { return run_book(*options, context); };
}

} // namespace omen
