#include "cli/stream/book_verify.hpp"

#include "client/feeds/book_feed.hpp"
#include "client/feeds/book_history.hpp"

#include <array>

namespace omen {

namespace {

constexpr std::string_view book_verify_columns[] = {"side", "price", "streamed", "rest"};

/// Two pictures of one book at one sequence.
struct Pair {
    OrderBook streamed;
    OrderBook rest;
};

class Pairing {
  public:
    Pairing(Sessions& sessions, const Market& market)
        : sessions_(sessions), market_(market), feed_(sessions.market_data()), deadline_(sessions.deadline()) {
        feed_.subscribe(std::array{channel()}, deadline_);
    }

    Pair run() {
        while (!history_.newest())
            if (!pump(deadline_)) give_up(Fault::unreachable, "the feed gave no book in time");
        for (;;) {
            const auto snapshot = sessions_.rest().orderbook(market_.id, std::nullopt);
            while (history_.newest().value_or(0) < snapshot.sequence)
                if (!pump(deadline_))
                    give_up(Fault::protocol, "the feed did not reach sequence " + std::to_string(snapshot.sequence) +
                                                 " of the REST snapshot in time");
            if (auto streamed = history_.at(snapshot.sequence))
                return {std::move(*streamed),
                        checked_book(market_.id, snapshot.sequence, snapshot.timestamp, snapshot.bids, snapshot.asks)};
            follow(Deadline::after(between_rest_snapshots));
        }
    }

  private:
    md::Channel channel() const { return {ChannelKind::orderbook, market_.id}; }

    /// Handles the next event; false when none came by the deadline.
    bool pump(Deadline deadline) {
        const auto* event = feed_.next(deadline);
        if (event == nullptr) return false;
        if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(event)) {
            history_.on(*snapshot);
            waiting_ = false;
        }
        const auto* delta = std::get_if<md::OrderbookDelta>(event);
        const bool missing = delta != nullptr && !waiting_ && !history_.on(*delta);
        if (missing || std::holds_alternative<md::OrderbookGap>(*event)) begin_again();
        return true;
    }

    /// Behind a gap the history begins with a fresh snapshot.
    void begin_again() {
        history_.reset();
        waiting_ = true;
        feed_.resubscribe(channel());
    }

    void follow(Deadline until) {
        while (!until.passed() && pump(until.earlier(deadline_))) {
        }
        if (deadline_.passed())
            give_up(Fault::protocol, "no REST snapshot was new enough to be compared with the feed");
    }

    [[noreturn]] void give_up(Fault fault, const std::string& why) const {
        throw Error(fault, "book " + market_.symbol() + ": " + why,
                    {.code = "not_paired", .hint = "allow more time with --timeout"});
    }

    Sessions& sessions_;
    const Market& market_;
    MarketData feed_;
    Deadline deadline_;
    BookHistory history_;
    bool waiting_ = true; ///< for a snapshot
};

} // namespace

OrderBook verified_book(Context& context, const Market& market) {
    auto pair = Pairing(context.sessions, market).run();
    const auto found = differences(pair.streamed, pair.rest);
    if (found.empty()) return std::move(pair.streamed);
    context.console.output().list(found, book_verify_columns);
    throw Error(Fault::protocol,
                "book " + market.symbol() + ": the streamed book and the REST snapshot of sequence " +
                    std::to_string(pair.rest.sequence()) + " differ at " + std::to_string(found.size()) +
                    (found.size() == 1 ? " level" : " levels"),
                {.code = "book_differs", .hint = "the exchange's feed or REST can't be trusted now"});
}

} // namespace omen
