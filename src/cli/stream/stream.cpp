#include "cli/stream/stream.hpp"

#include "cli/context/parse.hpp"
#include "cli/context/subcommands.hpp"
#include "cli/stream/reconnect.hpp"

namespace omen {

namespace {

constexpr Command streams[] = {
    {"book", "order books, every delta checked", add_stream_book},
    {"trades", "trades as they happen", add_stream_trades},
    {"funding", "funding rates with mark and index price", add_stream_funding},
    {"spot", "spot (index) prices", add_stream_spot},
    {"balance", "your balance, whole, whenever it changes", add_stream_balance},
    {"positions", "your positions, whole, whenever they change", add_stream_positions},
    {"pnl", "your profit or loss, whole, whenever it changes", add_stream_pnl},
    {"orders", "your open orders, whole, whenever they change", add_stream_orders},
    {"drop-copy", "every execution of your wallet, in sequence", add_stream_drop_copy},
};

/// Follows one stream through as many connections as it takes.
class Follower {
  public:
    Follower(Context& context, const StreamOptions& options, Stream& stream, StreamLines& lines)
        : options_(options), stream_(stream), lines_(lines), connection_(context) {}

    Exit run() {
        while (!lines_.ended() && !stream_.complete()) {
            const auto end = lines_.bounds().end();
            if (!end.is_never() && end.passed()) return lines_.bounds().out_of_time(stream_.goal());
            try {
                const bool heard = stream_.pump(lines_, end);
                if (heard && lines_.bounds().minds_silence()) lines_.bounds().heard(Clock::now());
            } catch (const Error& error) {
                if (!options_.reconnect || !connection_.helps(error)) throw;
                reconnect(connection_.reason_of(error));
            }
        }
        return Exit::done;
    }

  private:
    /// Tries until there is a connection again, or the stream's time is over.
    void reconnect(const std::string& reason) {
        stream_.lost();
        lines_.print(ConnectionView{.type = "disconnected", .timestamp = Timestamp::now(), .reason = reason});
        if (lines_.ended()) return;
        if (connection_.again([this](Deadline deadline) { stream_.connect(deadline); }, lines_.bounds().end()))
            lines_.print(ConnectionView{.type = "connected", .timestamp = Timestamp::now()});
    }

    const StreamOptions& options_;
    Stream& stream_;
    StreamLines& lines_;
    Reconnect connection_;
};

} // namespace

void add_stream_options(CLI::App& app, StreamOptions& options) {
    auto& limits = options.limits;
    parse::option(app, "--count", limits.count, parse::whole_from(1, UINT64_MAX), "end after this many lines");
    parse::option(app, "--until", limits.until, parse_condition,
                  "end after the first line that meets this: 'FIELD OP VALUE'");
    parse::option(app, "--for", limits.for_, parse::duration, "end after this time (like 10s)");
    parse::option(app, "--idle", limits.idle, parse::duration, "end when nothing has come for this long");
    app.add_flag_callback(
        "--no-reconnect", [&options] { options.reconnect = false; }, "end when the connection is lost");
}

void add_on_gap(CLI::App& app, OnGap& on_gap) {
    parse::option(app, "--on-gap", on_gap, parse::one_of<OnGap>,
                  "resync: go on from a fresh whole (default); fail: end with 11");
}

Exit follow(Context& context, const StreamOptions& options, Columns columns, Stream& stream) {
    context.sessions.keep_running();
    stream.connect(context.sessions.step());
    StreamLines lines(context.console.output(), options.limits, columns);
    try {
        const auto end = Follower(context, options, stream, lines).run();
        return more_serious(end, stream.outcome());
    } catch (const Error& error) {
        if (stream.outcome() == Exit::done) throw;
        context.console.report(error);
        return more_serious(error.exit_code(), stream.outcome());
    }
}

void add_stream(CLI::App& app, Run& run) {
    add_subcommands(app, run, streams);
}

} // namespace omen
