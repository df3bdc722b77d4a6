#include "cli/context/command.hpp"
#include "cli/output/views.hpp"
#include "cli/stream/watch.hpp"
#include "client/feeds/book_feed.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace omen {

namespace {

using Ticker = WithSymbol<rest::TickerResponse>;

constexpr std::string_view ticker_columns[] = {"symbol",      "last_price", "best_bid",   "best_ask",
                                               "mark_price",  "change_24h", "volume_24h", "funding_rate",
                                               "index_price", "high_24h",   "low_24h",    "open_interest"};

struct TickerOptions {
    std::vector<std::string> markets;
    bool watch = false;
};

std::vector<Ticker> tickers(const TickerOptions& options, Sessions& sessions) {
    std::vector<Market> markets;
    for (const auto& name : options.markets) markets.push_back(sessions.markets().find(name));
    if (markets.empty())
        for (const auto& market : sessions.markets().all()) markets.push_back({market.market_id, market});
    std::vector<Ticker> result;
    for (const auto& market : markets) result.emplace_back(sessions.rest().ticker(market.id), market.symbol());
    return result;
}

/// Tickers that the streams keep up to date.
class WatchedTickers : public Picture {
  public:
    WatchedTickers(Sessions& sessions, const TickerOptions& options) : sessions_(sessions), options_(options) {}

    void connect(Deadline deadline) override {
        tickers_ = tickers(options_, sessions_);
        books_.disconnected();
        std::vector<md::Channel> channels;
        for (const auto& ticker : tickers_)
            for (const auto kind :
                 {ChannelKind::orderbook, ChannelKind::trades, ChannelKind::funding, ChannelKind::spot_price})
                channels.push_back({kind, ticker.market_id});
        feed_.emplace(sessions_.market_data());
        feed_->subscribe(channels, deadline);
    }

    bool pump(Deadline deadline) override {
        const auto* event = feed_->next(deadline);
        return event && std::visit([this](const auto& value) { return this->take(value); }, *event);
    }

    void draw(Output& output) override { output.list(tickers_, ticker_columns); }

  private:
    [[noreturn]] static bool take(const md::ErrorEvent& error) { throw feed_error(error); }
    template <class Event> bool take(const Event& event) {
        if constexpr (requires { event.market_id; }) {
            const auto found = std::find_if(tickers_.begin(), tickers_.end(),
                                            [&](const Ticker& ticker) { return ticker.market_id == event.market_id; });
            return found != tickers_.end() && update(*found, event);
        } else {
            return false;
        }
    }

    /// What an event lacks stays as it was.
    template <class T> static void keep(std::optional<T>& known, const std::optional<T>& news) {
        if (news) known = news;
    }

    bool update(Ticker& ticker, const md::Trade& trade) {
        ticker.last_price = trade.price;
        if (ticker.high_24h) ticker.high_24h = std::max(*ticker.high_24h, trade.price);
        if (ticker.low_24h) ticker.low_24h = std::min(*ticker.low_24h, trade.price);
        if (ticker.volume_24h) *ticker.volume_24h += trade.size;
        keep(ticker.timestamp, trade.timestamp);
        return true;
    }
    bool update(Ticker& ticker, const md::Funding& funding) {
        keep(ticker.funding_rate, funding.funding_rate);
        keep(ticker.next_funding_at, funding.next_funding_at);
        keep(ticker.mark_price, funding.mark_price);
        keep(ticker.index_price, funding.index_price);
        keep(ticker.timestamp, funding.timestamp);
        return true;
    }
    bool update(Ticker& ticker, const md::SpotPrice& spot) {
        ticker.index_price = spot.price;
        keep(ticker.timestamp, spot.timestamp);
        return true;
    }
    bool update(Ticker& ticker, const md::OrderbookSnapshot& event) { return touch(ticker, books_.on(event)); }
    bool update(Ticker& ticker, const md::OrderbookDelta& event) { return touch(ticker, books_.on(event)); }
    bool update(Ticker& ticker, const md::OrderbookGap& event) { return touch(ticker, books_.on(event)); }
    bool update(Ticker&, const md::TradesSnapshot&) { return false; }

    bool touch(Ticker& ticker, const BookFeed::Step& step) {
        if (step.resubscribe) feed_->resubscribe({ChannelKind::orderbook, ticker.market_id});
        if (step.book == nullptr) return false;
        const auto best = [](const BookSide& side) {
            return side.empty() ? std::nullopt : std::optional(side.best().price);
        };
        ticker.best_bid = best(step.book->bids());
        ticker.best_ask = best(step.book->asks());
        keep(ticker.timestamp, step.book->timestamp());
        return true;
    }

    Sessions& sessions_;
    const TickerOptions& options_;
    std::vector<Ticker> tickers_;
    std::optional<MarketData> feed_;
    BookFeed books_;
};

Exit run_ticker(const TickerOptions& options, Context& context) {
    if (options.watch) {
        WatchedTickers picture(context.sessions, options);
        return watch(context, picture);
    }
    context.console.output().list(tickers(options, context.sessions), ticker_columns);
    return Exit::done;
}

} // namespace

void add_ticker(CLI::App& app, Run& run) {
    auto options = std::make_shared<TickerOptions>();
    app.add_option("market", options->markets, "symbols or ids; all markets when none is named");
    app.add_flag("--watch", options->watch, "keep the picture up to date until interrupted");
    run = {[options](Context& context) { return run_ticker(*options, context); }, field_names<Ticker>};
}

} // namespace omen
