#pragma once

#include "cli/context/command.hpp"
#include "cli/stream/lines.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace omen {

/// What a stream does about missing data: go on from a fresh whole, or end.
enum class OnGap : std::uint8_t { resync, fail };
template <> inline constexpr auto enum_names<OnGap> = Names<2>{"resync", "fail"};

/// The options of every stream.
struct StreamOptions {
    StreamLimits limits;
    bool reconnect = true;
};

/// --count, --until, --for, --idle and --no-reconnect.
void add_stream_options(CLI::App& app, StreamOptions& options);

/// --on-gap, for the streams that know of gaps.
void add_on_gap(CLI::App& app, OnGap& on_gap);

/// The names that --fields may give for a stream whose lines and rows have these types.
template <wire::Declared... Lines> FieldNames stream_fields() {
    return field_names<Lines..., ConnectionView>();
}

/// Refuses a condition that no line of these types can meet.
template <wire::Declared... Lines> void check_until(const StreamOptions& options) {
    if (options.limits.until) check_condition<Lines..., ConnectionView>("--until", *options.limits.until);
}

/// One kind of stream: what it subscribes to, and what it makes of what comes.
class Stream {
  public:
    Stream() = default;
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Connects and subscribes; again after a lost connection. Prints nothing.
    virtual void connect(Deadline deadline) = 0;
    /// Handles what comes next, waiting for it no longer than the deadline; false when nothing of interest came.
    virtual bool pump(StreamLines& lines, Deadline deadline) = 0;
    /// The connection is lost: what is known may no longer hold.
    virtual void lost() {}
    /// Whether there is nothing more to wait for.
    virtual bool complete() const { return false; }
    /// The most serious code of what has failed in part, while the rest went on.
    virtual Exit outcome() const { return Exit::done; }
    /// What else than its bounds a stream waits for that is not complete, in words; empty: nothing.
    virtual std::string goal() const { return {}; }
};

/// Follows a stream until a bound is reached. A connection that is lost is made again, with `disconnected` and
/// `connected` lines in the data; the first one must succeed.
Exit follow(Context& context, const StreamOptions& options, Columns columns, Stream& stream);

void add_stream_book(CLI::App& app, Run& run);
void add_stream_trades(CLI::App& app, Run& run);
void add_stream_funding(CLI::App& app, Run& run);
void add_stream_spot(CLI::App& app, Run& run);
void add_stream_balance(CLI::App& app, Run& run);
void add_stream_positions(CLI::App& app, Run& run);
void add_stream_pnl(CLI::App& app, Run& run);
void add_stream_orders(CLI::App& app, Run& run);
void add_stream_drop_copy(CLI::App& app, Run& run);

} // namespace omen
