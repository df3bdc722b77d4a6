#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/chart.hpp"
#include "cli/output/views.hpp"
#include "protocol/limits.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view candles_columns[] = {"open_time", "open", "high", "low", "close", "volume", "trades"};

struct CandlesOptions {
    std::string market;
    RestClient::CandleQuery query;
    bool chart = false;
};

/// Refuses flags that are wrong together.
void check(const CandlesOptions& options) {
    const auto& query = options.query;
    if (query.from && query.to && *query.from > *query.to)
        throw Error(Fault::usage, "candles: --from is after --to", {.code = "bad_flags"});
}

Exit run_candles(const CandlesOptions& options, Context& context) {
    check(options);
    auto& output = context.console.output();
    if (options.chart) output.check_draws("candles: --chart");
    const auto market = context.sessions.markets().find(options.market);
    const auto candles = context.sessions.rest().candles(market.id, options.query);
    TableShape shape{.columns = candles_columns};
    if (options.chart)
        shape.draw = [&](const OutputStyle& style) {
            return chart(candles, {.width = style.width == 0 ? 80 : style.width, .colour = style.colour});
        };
    output.list(candles, shape);
    return Exit::done;
}

} // namespace

void add_candles(CLI::App& app, Run& run) {
    auto options = std::make_shared<CandlesOptions>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--interval", options->query.interval, parse::one_of<Interval>,
                  "1m, 5m, 15m, 1h, 4h or 1d (default 1m)");
    parse::option(app, "--from", options->query.from, parse::moment, "the first (a time, a day, or how long ago)");
    parse::option(app, "--to", options->query.to, parse::moment,
                  "the end: those that begin before it (a time, a day, or how long ago)");
    parse::option(app, "--limit", options->query.limit, parse::whole_from(1, limits::most_listed),
                  "at most this many: 1 to 1000");
    app.add_flag("--chart", options->chart, "draw them");
    run = {[options](Context& context) { return run_candles(*options, context); },
           [options] { return options->chart ? FieldNames{} : field_names<rest::CandleResponse>(); }};
}

} // namespace omen
