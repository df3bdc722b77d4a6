#include "cli/stream/drop_copy.hpp"

#include "cli/context/parse.hpp"
#include "cli/stream/cursor.hpp"
#include "cli/stream/stream.hpp"
#include "client/feeds/drop_copy_feed.hpp"
#include "client/feeds/drop_copy_file.hpp"
#include "client/session/gateway_error.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace omen {

namespace {

struct StreamDropCopyOptions {
    StreamOptions stream;
    std::optional<std::string> cursor;
    std::optional<std::uint64_t> from_sequence;
    std::optional<std::string> append;
    bool sync = false;
    std::vector<ExecutionEvent> events; ///< to be printed; none: all
    bool until_caught_up = false;
    OnGap on_gap = OnGap::resync;
};

StateView view_of(const gw::Orders& orders) {
    return {.state = "orders", .wallet = orders.wallet, .sequence = orders.sequence, .orders = orders.orders};
}
StateView view_of(const gw::Positions& positions) {
    return {.state = "positions",
            .wallet = positions.wallet,
            .sequence = positions.sequence,
            .positions = positions.positions};
}
StateView view_of(const gw::Balance& balance) {
    return {.state = "balance",
            .wallet = balance.wallet,
            .sequence = balance.sequence,
            .total = balance.total,
            .available = balance.available,
            .margin_used = balance.margin_used};
}

/// Every execution of a wallet exactly once, across connections and, with a cursor, across runs.
class DropCopyStream : public Stream {
  public:
    DropCopyStream(Context& context, const StreamDropCopyOptions& options)
        : context_(context),
          options_(options),
          cursor_(open_cursor()),
          file_(open_file()),
          feed_(std::make_shared<DropCopyFeed>(begin())) {
        // They outlive the stream: what is still printed when a signal comes is written out, and then counts.
        context.console.output().after_flush([cursor = cursor_, file = file_, feed = feed_, sync = options.sync] {
            if (file && sync) file->sync();
            if (cursor) cursor->commit(feed->printed());
        });
    }

    void connect(Deadline deadline) override {
        gateway_.emplace(context_.sessions.gateway_stream());
        gateway_->set_deadline(deadline);
        const auto& wallet = gateway_->session().wallet;
        if (cursor_ && wallet) cursor_->belong_to(*wallet);
        if (file_ && wallet) file_->belong_to(*wallet);
        if (cursor_ && file_) cursor_->catch_up(file_->sequence());
        feed_->begin_session(wallet);
        const auto subscribed = gateway_->call(gw::Subscribe{
            .channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = feed_->from()});
        if (options_.until_caught_up && !subscribed.sequence)
            throw Error(Fault::protocol, "drop-copy: the exchange did not say which sequence is its last",
                        {.code = "no_sequence", .hint = "use --idle instead of --until-caught-up"});
        feed_->subscribed(subscribed.sequence);
        if (cursor_) cursor_->begin(feed_->printed());
    }

    bool pump(StreamLines& lines, Deadline deadline) override {
        if (!feed_->is_settled()) return settle(lines, deadline), true;
        const auto message = gateway_->next(deadline);
        if (!message) return false;
        if (const auto* error = std::get_if<gw::ErrorReply>(&*message)) throw session_error(*error);
        if (const auto* execution = std::get_if<gw::Execution>(&*message))
            return take(lines, *execution, deadline), true;
        const auto* gap = std::get_if<gw::DropCopyGap>(&*message);
        if (gap != nullptr) feed_->on(*gap);
        return gap != nullptr;
    }

    bool complete() const override { return options_.until_caught_up && feed_->caught_up(); }

    std::string goal() const override {
        return options_.until_caught_up ? "what had been issued was not all written in time" : "";
    }

  private:
    std::shared_ptr<StreamCursor> open_cursor() {
        if (!options_.cursor) return nullptr;
        return std::make_shared<StreamCursor>(*options_.cursor, context_.settings.environment());
    }

    std::shared_ptr<DropCopyFile> open_file() {
        if (!options_.append) return nullptr;
        auto file = std::make_shared<DropCopyFile>(*options_.append);
        context_.console.append_to(file->fd(), *options_.append);
        return file;
    }

    /// What was written before knows better than --from-sequence. A file may be ahead of its cursor, by a process that
    /// was killed in between, or behind, by events that were left out.
    std::optional<std::uint64_t> begin() const {
        const auto in_cursor = cursor_ ? cursor_->sequence() : std::nullopt;
        const auto in_file = file_ ? file_->sequence() : std::nullopt;
        if (in_cursor || in_file) return std::max(in_cursor, in_file);
        if (options_.from_sequence) return *options_.from_sequence - 1;
        return std::nullopt;
    }

    /// `end`: of the stream, which no step outlasts.
    void take(StreamLines& lines, const gw::Execution& execution, Deadline end) {
        auto next = feed_->on(execution);
        if (next == DropCopyFeed::Next::subscribe) return connect(context_.sessions.step().earlier(end));
        if (next == DropCopyFeed::Next::settle) {
            settle(lines, end);
            next = feed_->on(execution);
        }
        if (next != DropCopyFeed::Next::line || lines.ended()) return;
        if (is_wanted(execution)) print(lines, execution);
        feed_->line_printed(execution);
    }

    bool is_wanted(const gw::Execution& execution) const {
        const auto& events = options_.events;
        return events.empty() || std::any_of(events.begin(), events.end(),
                                             [&](ExecutionEvent event) { return execution.event == event; });
    }

    /// Prints a gap, and the state behind it.
    void settle(StreamLines& lines, Deadline end) {
        if (const auto gap = feed_->take_gap()) print_gap(lines, *gap);
        gateway_->set_deadline(context_.sessions.step().earlier(end));
        const auto orders = gateway_->post(gw::GetOrders{});
        const auto positions = gateway_->post(gw::GetPositions{});
        const auto balance = gateway_->post(gw::GetBalance{});
        const StateView states[] = {view_of(gateway_->await(orders)), view_of(gateway_->await(positions)),
                                    view_of(gateway_->await(balance))};
        for (const auto& state : states) {
            if (lines.ended()) return;
            print(lines, state);
        }
        feed_->state_printed();
    }

    void print_gap(StreamLines& lines, const gw::DropCopyGap& gap) {
        print(lines, DropCopyGapView{.wallet = gap.wallet,
                                     .requested_sequence = gap.requested_sequence,
                                     .oldest_sequence = gap.oldest_sequence,
                                     .next_sequence = gap.next_sequence});
        if (options_.on_gap == OnGap::fail)
            throw Error(
                Fault::protocol,
                "drop-copy: what came before sequence " + std::to_string(gap.oldest_sequence) +
                    " is no longer kept by the exchange",
                {.code = "drop_copy_gap",
                 .hint = "leave out --on-gap fail to go on from the orders, positions and balance as they are"});
    }

    template <class View> void print(StreamLines& lines, const View& view) {
        lines.print(view, [this](const View& line) { return rows_of(line, context_.sessions.markets()); });
    }

    Context& context_;
    const StreamDropCopyOptions& options_;
    std::shared_ptr<StreamCursor> cursor_;
    std::shared_ptr<DropCopyFile> file_;
    std::shared_ptr<DropCopyFeed> feed_;
    std::optional<Gateway> gateway_;
};

void check_append(const StreamDropCopyOptions& options, Context& context) {
    const auto refuse = [](const char* why, const char* hint) {
        throw Error(Fault::usage, why, {.code = "bad_flags", .hint = hint});
    };
    if (options.sync && !options.append) refuse("--sync goes with --append", "name the file with --append");
    if (!options.append) return;
    const auto& flags = context.settings.flags();
    if (flags.output && !is_json(flags.output->value)) refuse("--append writes lines of JSON", "leave out -o");
    const auto is_left_out = [&](std::string_view name) {
        return !flags.fields.empty() && std::find(flags.fields.begin(), flags.fields.end(), name) == flags.fields.end();
    };
    if (is_left_out("type") || is_left_out("sequence"))
        refuse("--append needs the fields type and sequence: they say how far the file goes", "add them to --fields");
    const auto real = [](const std::string& path) {
        std::error_code unknown;
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, unknown), unknown);
    };
    if (options.cursor && real(*options.cursor) == real(*options.append))
        refuse("--append and --cursor name the same file", "name two");
}

Exit run_drop_copy(const StreamDropCopyOptions& options, Context& context) {
    check_append(options, context);
    check_until<gw::Execution, DropCopyGapView, StateView>(options.stream);
    DropCopyStream stream(context, options);
    return follow(context, options.stream, drop_copy_columns, stream);
}

} // namespace

void add_stream_drop_copy(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamDropCopyOptions>();
    add_stream_options(app, options->stream);
    app.add_option("--cursor", options->cursor, "keep in this file how far it got, and go on from there");
    parse::option(app, "--from-sequence", options->from_sequence, parse::whole_from(1, UINT64_MAX),
                  "begin with this sequence, as far back as the exchange keeps them; without a cursor yet");
    app.add_option("--append", options->append,
                   "write the lines to the end of this file, as JSON, and go on behind its last one");
    app.add_flag("--sync", options->sync, "with --append: fsync what was written, for a loss of power");
    app.add_option_function<std::vector<std::string>>(
        "--event",
        [options](const std::vector<std::string>& names) {
            for (const auto& name : names) options->events.push_back(parse::one_of<ExecutionEvent>("--event", name));
        },
        "only executions of this kind, like filled; repeatable");
    app.add_flag("--until-caught-up", options->until_caught_up, "end when all that has happened so far was written");
    add_on_gap(app, options->on_gap);
    run = {[options](Context& context) { return run_drop_copy(*options, context); },
           stream_fields<gw::Execution, DropCopyGapView, StateView, DropCopyRow>};
}

} // namespace omen
