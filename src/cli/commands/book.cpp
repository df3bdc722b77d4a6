#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/ladder.hpp"
#include "cli/output/views.hpp"
#include "cli/stream/book_verify.hpp"
#include "cli/stream/watch.hpp"
#include "client/feeds/book_feed.hpp"
#include "client/feeds/book_history.hpp"

#include <array>
#include <memory>

namespace omen {

namespace {

struct BookOptions {
    std::string market;
    std::optional<std::uint32_t> depth = 20; ///< none: the whole book
    bool watch = false;
    bool verify = false;
};

void print(const BookView& book, Output& output) {
    const auto draw = [&](const OutputStyle& style) {
        return ladder(book,
                      {.scaled = style.scaled, .header = style.header, .colour = style.colour, .width = style.width});
    };
    output.one(book, book_rows, {.columns = book_row_columns, .draw = draw});
}

BookView view_of(const Market& market, const OrderBook& book, const BookOptions& options) {
    const std::size_t depth = options.depth.value_or(UINT32_MAX);
    return {.type = {},
            .market_id = market.id,
            .symbol = market.symbol(),
            .sequence = book.sequence(),
            .timestamp = book.timestamp(),
            .bids = book.bids().top(depth),
            .asks = book.asks().top(depth)};
}

OrderBook fetched_book(const BookOptions& options, const Market& market, Sessions& sessions) {
    const auto snapshot = sessions.rest().orderbook(market.id, options.depth);
    return checked_book(market.id, snapshot.sequence, snapshot.timestamp, snapshot.bids, snapshot.asks);
}

Exit show(const BookOptions& options, Context& context) {
    const auto market = context.sessions.markets().find(options.market);
    const auto book = options.verify ? verified_book(context, market) : fetched_book(options, market, context.sessions);
    print(view_of(market, book, options), context.console.output());
    return Exit::done;
}

/// The book as the stream has it now. Between a gap and the next snapshot there is none, and the last picture stands.
class WatchedBook : public Picture {
  public:
    WatchedBook(Sessions& sessions, const BookOptions& options)
        : sessions_(sessions), options_(options), market_(sessions.markets().find(options.market)) {}

    void connect(Deadline deadline) override {
        book_ = nullptr;
        books_.disconnected();
        feed_.emplace(sessions_.market_data());
        feed_->subscribe(std::array{channel()}, deadline);
    }

    bool pump(Deadline deadline) override {
        const auto* event = feed_->next(deadline);
        if (event == nullptr) return false;
        if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(event)) return take(books_.on(*snapshot));
        if (const auto* delta = std::get_if<md::OrderbookDelta>(event)) return take(books_.on(*delta));
        if (const auto* gap = std::get_if<md::OrderbookGap>(event)) return take(books_.on(*gap));
        return false;
    }

    void draw(Output& output) override {
        if (book_ == nullptr || !book_->valid()) return;
        print(view_of(market_, *book_, options_), output);
    }

  private:
    md::Channel channel() const { return {ChannelKind::orderbook, market_.id}; }

    bool take(const BookFeed::Step& step) {
        if (step.resubscribe) feed_->resubscribe(channel());
        if (step.book != nullptr) book_ = step.book;
        return step.book != nullptr;
    }

    Sessions& sessions_;
    const BookOptions& options_;
    Market market_;
    std::optional<MarketData> feed_;
    BookFeed books_;
    const OrderBook* book_ = nullptr;
};

} // namespace

void add_book(CLI::App& app, Run& run) {
    auto options = std::make_shared<BookOptions>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--depth", options->depth, parse::depth, "levels a side, or all (default 20)");
    auto* watching = app.add_flag("--watch", options->watch, "keep the picture up to date until interrupted");
    app.add_flag("--verify", options->verify, "build the book from the stream, and compare it with REST level by level")
        ->excludes(watching);
    const auto start = [options](Context& context) {
        if (!options->watch) return show(*options, context);
        WatchedBook picture(context.sessions, *options);
        return watch(context, picture);
    };
    run = {start, [options] {
               auto names = field_names<BookView, BookRow>();
               if (options->verify) add_field_names<LevelDifference>(names);
               return names;
           }};
}

} // namespace omen
