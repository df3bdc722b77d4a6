#include "cli/stream.hpp"
#include "cli/views.hpp"
#include "client/book_feed.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"type", "symbol", "sequence", "timestamp", "side", "price", "size"};

struct Options {
    StreamOptions stream;
    bool full = false;
};

const char* name_of(BookFeed::What what) {
    switch (what) {
    case BookFeed::What::snapshot:
        return "snapshot";
    case BookFeed::What::delta:
        return "delta";
    case BookFeed::What::resynced:
        return "resynced";
    case BookFeed::What::gap:
    case BookFeed::What::nothing:
        break;
    }
    return "gap";
}

/// Prints what the feed says of books, through the state machine that checks it.
class BookPrinter {
  public:
    BookPrinter(Context& context, bool full, MarketData& feed, const Symbols& symbols)
        : output_(context.output()), full_(full), feed_(feed), symbols_(symbols) {}

    template <class Event> std::uint64_t operator()(BookFeed& books, const Event& event) {
        const auto step = books.on(event);
        if (step.resubscribe) feed_.resubscribe({ChannelKind::orderbook, event.market_id});
        if (step.what == BookFeed::What::nothing) return 0;
        if (step.book == nullptr) {
            print(GapView{.market_id = event.market_id,
                          .symbol = symbols_.at(event.market_id),
                          .last_sequence = step.last_sequence,
                          .next_sequence = step.next_sequence});
            return 1;
        }
        BookView view{.type = name_of(step.what),
                      .market_id = event.market_id,
                      .symbol = symbols_.at(event.market_id),
                      .sequence = step.book->sequence(),
                      .timestamp = step.book->timestamp(),
                      .bids = {},
                      .asks = {}};
        fill(view, step, event);
        print(view);
        return 1;
    }

  private:
    /// A delta's line holds its own levels; every other one, and all under --full, the whole book.
    template <class Event> void fill(BookView& view, const BookFeed::Step& step, const Event& event) {
        if constexpr (std::is_same_v<Event, md::OrderbookDelta>) {
            if (!full_) {
                view.bids = event.bids;
                view.asks = event.asks;
                return;
            }
        }
        view.bids = step.book->bids().top();
        view.asks = step.book->asks().top();
    }

    void print(const BookView& view) {
        if (is_json(output_.style().format)) return output_.line(view);
        for (auto& row : book_rows(view)) output_.line(BookStreamRow(std::move(row), *view.type));
    }

    void print(const GapView& gap) {
        if (is_json(output_.style().format)) return output_.line(gap);
        BookRow row{.symbol = gap.symbol, .sequence = gap.next_sequence, .timestamp = Timestamp::now()};
        output_.line(BookStreamRow(std::move(row), gap.type));
    }

    Output& output_;
    bool full_;
    MarketData& feed_;
    const Symbols& symbols_;
};

Exit run_stream_book(const Options& options, Context& context) {
    BookFeed books;
    const auto on_event = [&](MarketData& feed, const md::Event& event, const Symbols& symbols) -> std::uint64_t {
        BookPrinter print(context, options.full, feed, symbols);
        if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(&event)) return print(books, *snapshot);
        if (const auto* delta = std::get_if<md::OrderbookDelta>(&event)) return print(books, *delta);
        if (const auto* gap = std::get_if<md::OrderbookGap>(&event)) return print(books, *gap);
        return 0;
    };
    return run_stream(context, options.stream, ChannelKind::orderbook, columns, on_event);
}

} // namespace

void add_stream_book(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    add_stream_options(app, options->stream);
    app.add_flag("--full", options->full, "the whole book after each change");
    run = [options](Context& context) { return run_stream_book(*options, context); };
}

} // namespace omen
