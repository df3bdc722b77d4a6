#include "cli/command.hpp"
#include "cli/output/ladder.hpp"
#include "cli/parse.hpp"
#include "cli/views.hpp"
#include "cli/watch.hpp"
#include "client/book_feed.hpp"

#include <array>
#include <memory>

namespace omen {

namespace {

struct Options {
    std::string market;
    std::optional<std::uint32_t> depth = 20; ///< none: the whole book
    bool watch = false;
};

std::optional<std::uint32_t> parse_depth(const std::string& name, const std::string& text) {
    if (text == "all") return std::nullopt;
    return static_cast<std::uint32_t>(parse::whole(name, text, 1, 1'000'000));
}

void print(const BookView& book, Context& context) {
    auto& output = context.output();
    if (output.is_table())
        output.text(ladder(book, {.scaled = output.style().scaled,
                                  .header = output.style().header,
                                  .colour = output.style().colour,
                                  .width = output.style().width}));
    else if (output.is_csv())
        output.list(book_rows(book), book_row_columns);
    else
        output.one(book);
}

Exit show(const Options& options, Context& context) {
    const auto market = context.markets().find(options.market);
    auto snapshot = context.rest().orderbook(market.id, options.depth);
    print({.type = {},
           .market_id = snapshot.market_id,
           .symbol = market.symbol(),
           .sequence = snapshot.sequence,
           .timestamp = snapshot.timestamp,
           .bids = std::move(snapshot.bids),
           .asks = std::move(snapshot.asks)},
          context);
    return Exit::done;
}

/// The book as the stream has it now. Between a gap and the next snapshot there is none, and the last picture stands.
class WatchedBook {
  public:
    WatchedBook(Context& context, const Options& options)
        : options_(options), market_(context.markets().find(options.market)), feed_(context.market_data()) {
        feed_.subscribe(std::array{channel()}, context.step());
    }

    bool pump(Deadline deadline) {
        const auto event = feed_.next(deadline);
        if (!event) return false;
        if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(&*event)) return take(books_.on(*snapshot));
        if (const auto* delta = std::get_if<md::OrderbookDelta>(&*event)) return take(books_.on(*delta));
        if (const auto* gap = std::get_if<md::OrderbookGap>(&*event)) return take(books_.on(*gap));
        return false;
    }

    std::optional<BookView> view() const {
        if (book_ == nullptr || !book_->valid()) return std::nullopt;
        const std::size_t depth = options_.depth.value_or(UINT32_MAX);
        return BookView{.type = {},
                        .market_id = market_.id,
                        .symbol = market_.symbol(),
                        .sequence = book_->sequence(),
                        .timestamp = book_->timestamp(),
                        .bids = book_->bids().top(depth),
                        .asks = book_->asks().top(depth)};
    }

  private:
    md::Channel channel() const { return {ChannelKind::orderbook, market_.id}; }

    bool take(const BookFeed::Step& step) {
        if (step.resubscribe) feed_.resubscribe(channel());
        if (step.book != nullptr) book_ = step.book;
        return step.book != nullptr;
    }

    const Options& options_;
    Market market_;
    MarketData feed_;
    BookFeed books_;
    const OrderBook* book_ = nullptr;
};

Exit watch_book(const Options& options, Context& context) {
    WatchedBook watched(context, options);
    return watch(
        context, [&](Deadline deadline) { return watched.pump(deadline); },
        [&](Output& output) {
            const auto book = watched.view();
            if (book && is_json(output.style().format)) return output.line(*book);
            if (book) print(*book, context);
        });
}

} // namespace

void add_book(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    app.add_option("market", options->market, "symbol or id")->required();
    parse::option(app, "--depth", options->depth, parse_depth, "levels a side, or all (default 20)");
    app.add_flag("--watch", options->watch, "keep the picture up to date until interrupted");
    run = [options](Context& context) {
        return options->watch ? watch_book(*options, context) : show(*options, context);
    };
}

} // namespace omen
