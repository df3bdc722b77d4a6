#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/chart.hpp"
#include "cli/output/views.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view candles_columns[] = {"open_time", "open", "high", "low", "close", "volume", "trades"};

struct CandlesOptions {
    std::string market;
    RestClient::CandleQuery query;
    bool chart = false;
};

Exit run_candles(const CandlesOptions& options, Context& context) {
    const auto market = context.sessions.markets().find(options.market);
    const auto candles = context.sessions.rest().candles(market.id, options.query);
    auto& output = context.console.output();
    if (!options.chart) {
        output.list(candles, candles_columns);
    } else if (!output.is_table()) {
        throw Error(Fault::usage, "candles: --chart is a picture", {.code = "bad_flags", .hint = "leave out -o"});
    } else {
        const auto width = output.style().width;
        output.text(chart(candles, {.width = width == 0 ? 80 : width, .colour = output.style().colour}));
    }
    return Exit::done;
}

} // namespace

void add_candles(CLI::App& app, Run& run) {
    auto options = std::make_shared<CandlesOptions>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--interval", options->query.interval, parse::one_of<Interval>,
                  "1m, 5m, 15m, 1h, 4h or 1d (default 1m)");
    parse::option(app, "--from", options->query.from, parse::moment, "the first (a time, a day, or how long ago)");
    parse::option(app, "--to", options->query.to, parse::moment, "the last");
    parse::option(app, "--limit", options->query.limit, parse::whole_from(1, 1'000'000), "at most this many");
    app.add_flag("--chart", options->chart, "draw them");
    run = [options](Context& context) { return run_candles(*options, context); };
}

} // namespace omen
