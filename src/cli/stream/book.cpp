#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "cli/stream/pace.hpp"
#include "cli/stream/public.hpp"
#include "client/feeds/book_feed.hpp"

#include <algorithm>
#include <memory>

namespace omen {

enum class SnapshotFrom : std::uint8_t { stream, rest };
template <> inline constexpr auto enum_names<SnapshotFrom> = Names<2>{"stream", "rest"};

namespace {

constexpr std::string_view stream_book_columns[] = {"type", "symbol", "sequence", "timestamp", "side", "price", "size"};

struct StreamBookOptions {
    std::vector<std::string> markets;
    StreamOptions stream;
    bool full = false;
    bool top = false;
    std::optional<std::size_t> depth;
    std::optional<Milliseconds> interval;
    OnGap on_gap = OnGap::resync;
    SnapshotFrom snapshot = SnapshotFrom::stream;

    /// How many levels a side a line has that has not just a delta's own.
    std::size_t levels() const { return top ? 1 : depth.value_or(SIZE_MAX); }
    /// Whether a change gives a line only if these levels have changed.
    bool cut() const { return top || depth; }
    /// What the line of a change is called: a picture of some levels is not to be applied to others.
    const char* type_of_change() const { return top ? "top" : depth ? "depth" : "delta"; }
    /// Whether a delta's line has the delta's own levels. One that stands for several can't.
    bool deltas() const { return !full && !cut() && !interval; }
};

std::size_t parse_levels(const std::string& name, const std::string& text) {
    return parse::depth(name, text).value_or(UINT32_MAX);
}

/// Feeds are paced in milliseconds: here that is what a number alone means, and not the seconds of other durations.
Milliseconds parse_interval(const std::string& name, const std::string& text) {
    constexpr std::uint64_t a_day = 86'400'000;
    const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return number ? Milliseconds(parse::whole(name, text, 1, a_day)) : parse::duration(name, text);
}

bool shows_best(const BookSide& side, std::size_t depth, const std::vector<Level>& levels) {
    return levels.size() == std::min(depth, side.size()) && std::equal(levels.begin(), levels.end(), side.begin());
}

std::vector<BookStreamRow> rows_of(const BookView& view) {
    std::vector<BookStreamRow> rows;
    for (auto& row : book_rows(view)) rows.emplace_back(std::move(row), *view.type);
    return rows;
}

std::vector<BookStreamRow> rows_of(const GapView& gap) {
    BookRow row{.symbol = gap.symbol, .sequence = gap.next_sequence, .timestamp = Timestamp::now()};
    return {BookStreamRow(std::move(row), gap.type)};
}

constexpr auto as_rows = [](const auto& view) { return rows_of(view); };

/// Order books of any number of markets, every change checked before it is shown.
class BookStream : public PublicStream {
  public:
    BookStream(Context& context, const StreamBookOptions& options)
        : PublicStream(context, options.markets, ChannelKind::orderbook),
          options_(options),
          books_(options.snapshot == SnapshotFrom::rest ? BookFeed::Source::rest : BookFeed::Source::stream),
          pace_(options.interval.value_or(Milliseconds::zero())) {}

    void connect(Deadline deadline) override {
        PublicStream::connect(deadline);
        for (const auto& [market, symbol] : symbols()) books_.expect(market, context().sessions.step());
    }

    void lost() override {
        books_.disconnected();
        pace_.withdraw_all();
    }

  private:
    /// What is shown of one market.
    struct Shown {
        BookView line;
        const OrderBook* book = nullptr; ///< null: there is none now
        bool begins = false;             ///< the next line begins a book, and must be shown even if it looks the same
    };

    Deadline wake() const override {
        auto wake = books_.due();
        if (!wake.is_never() && books_.wants_rest()) wake = wake.earlier(Deadline::at(next_fetch_));
        return options_.interval ? wake.earlier(pace_.next()) : wake;
    }

    bool take(StreamLines& lines, const md::Event& event) override {
        return std::visit([&](const auto& known) { return handle(lines, known); }, event);
    }

    void on_time(StreamLines& lines) override {
        await_snapshots(lines);
        if (options_.interval) show_held(lines);
    }

    void interrupted(const MarketId& market, Deadline back_by) override {
        books_.lost(market);
        books_.expect(market, back_by);
        pace_.withdraw(market);
    }

    void ended(const MarketId& market) override {
        books_.forget(market);
        pace_.withdraw(market);
    }

    bool handle(StreamLines& lines, const md::OrderbookSnapshot& event) { return follow(lines, event); }
    bool handle(StreamLines& lines, const md::OrderbookDelta& event) { return follow(lines, event); }
    bool handle(StreamLines& lines, const md::OrderbookGap& event) { return follow(lines, event); }
    template <class Other> bool handle(StreamLines&, const Other&) { return false; }

    template <class Event> bool follow(StreamLines& lines, const Event& event) {
        const auto* name = symbol(event.market_id);
        if (name == nullptr) return false;
        const auto step = books_.on(event);
        if (step.what == BookFeed::What::gap) return print_gap(lines, event.market_id, *name, step), true;
        if (step.resubscribe) resubscribe(event.market_id);
        if (step.book == nullptr) return true;
        auto& shown = shown_of(event.market_id, *name);
        begin_line(shown, step);
        if constexpr (std::is_same_v<Event, md::OrderbookDelta>) {
            if (options_.deltas()) return show_delta(lines, shown, event), true;
        }
        if (!options_.interval || pace_.offer(event.market_id, Clock::now())) show_book(lines, shown);
        return true;
    }

    Shown& shown_of(const MarketId& market, const std::string& symbol) {
        auto& shown = shown_[market];
        if (shown.line.symbol.empty()) {
            shown.line.market_id = market;
            shown.line.symbol = symbol;
        }
        return shown;
    }

    /// A line that is still held back keeps saying that it begins a book.
    void begin_line(Shown& shown, const BookFeed::Step& step) {
        shown.book = step.book;
        if (step.what == BookFeed::What::delta) {
            if (!shown.begins) shown.line.type = options_.type_of_change();
            return;
        }
        shown.line.type = step.what == BookFeed::What::resynced ? "resynced" : "snapshot";
        shown.begins = true;
    }

    static void show_delta(StreamLines& lines, Shown& shown, const md::OrderbookDelta& delta) {
        shown.line.sequence = delta.sequence;
        shown.line.timestamp = delta.timestamp;
        shown.line.bids = delta.bids;
        shown.line.asks = delta.asks;
        lines.print(shown.line, as_rows);
    }

    void show_book(StreamLines& lines, Shown& shown) {
        const auto depth = options_.levels();
        const auto& book = *shown.book;
        const bool same = options_.cut() && !shown.begins && shows_best(book.bids(), depth, shown.line.bids) &&
                          shows_best(book.asks(), depth, shown.line.asks);
        shown.begins = false;
        if (same) return;
        shown.line.sequence = book.sequence();
        shown.line.timestamp = book.timestamp();
        book.bids().top(depth, shown.line.bids);
        book.asks().top(depth, shown.line.asks);
        lines.print(shown.line, as_rows);
    }

    void show_held(StreamLines& lines) {
        while (const auto market = pace_.take(Clock::now())) show_book(lines, shown_.at(*market));
    }

    void print_gap(StreamLines& lines, const MarketId& market, const std::string& symbol, const BookFeed::Step& step) {
        pace_.withdraw(market);
        lines.print(GapView{.market_id = market,
                            .symbol = symbol,
                            .last_sequence = step.last_sequence,
                            .next_sequence = step.next_sequence},
                    as_rows);
        if (options_.on_gap == OnGap::fail)
            throw Error(
                Fault::protocol,
                "book " + symbol + ": what followed " +
                    (step.last_sequence ? "sequence " + std::to_string(*step.last_sequence) : "its last change") +
                    " is missing",
                {.code = "book_gap", .hint = "leave out --on-gap fail to go on from a fresh snapshot"});
        books_.expect(market, step.resubscribe ? resubscribe(market) : context().sessions.step());
    }

    /// Fetches the REST snapshots that are wanted. Where no complete book arrives in time, a new connection is tried.
    void await_snapshots(StreamLines& lines) {
        const auto due = books_.due();
        if (due.is_never()) return;
        if (const auto market = books_.wants_rest(); market && Clock::now() >= next_fetch_) {
            context().console.flush();
            follow(
                lines,
                context().sessions.new_rest(context().sessions.step().earlier(due)).orderbook(*market, std::nullopt));
            next_fetch_ = Clock::now() + between_rest_snapshots;
        }
        if (books_.due().passed())
            throw Error(Fault::unreachable, "market data: no complete book arrived in time", {.code = "timed_out"});
    }

    const StreamBookOptions& options_;
    BookFeed books_;
    Pace pace_;
    std::map<MarketId, Shown> shown_;
    Clock::time_point next_fetch_{};
};

Exit run_stream_book(const StreamBookOptions& options, Context& context) {
    check_until<BookView, GapView, SubscriptionView>(options.stream);
    BookStream stream(context, options);
    return follow(context, options.stream, stream_book_columns, stream);
}

} // namespace

void add_stream_book(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamBookOptions>();
    app.add_option("market", options->markets, "symbols or ids")->required();
    add_stream_options(app, options->stream);
    auto* full = app.add_flag("--full", options->full, "the whole book after each change");
    auto* top = app.add_flag("--top", options->top, "the best bid and ask, when either changes");
    auto* depth = parse::option(app, "--depth", options->depth, parse_levels,
                                "this many levels a side, or all, when any of them changes");
    full->excludes(top)->excludes(depth);
    top->excludes(depth);
    parse::option(app, "--interval", options->interval, parse_interval,
                  "at most one line a market in this time: the newest book (100 or 100ms; 2s)");
    add_on_gap(app, options->on_gap);
    parse::option(app, "--snapshot", options->snapshot, parse::one_of<SnapshotFrom>,
                  "where a whole book comes from: stream (default), or rest");
    run = {[options](Context& context) { return run_stream_book(*options, context); },
           stream_fields<BookView, GapView, SubscriptionView, BookStreamRow>};
}

} // namespace omen
