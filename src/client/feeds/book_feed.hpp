#pragma once

#include "client/feeds/stale_run.hpp"
#include "core/order_book.hpp"
#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace omen {

/// How long the feed is followed before a REST snapshot that was too old is asked for again.
constexpr Milliseconds between_rest_snapshots{100};

/// The book that these levels make. The one place where a book is judged: one that is crossed, has a price twice, or a
/// price or size that can't be, is a protocol Error. Harmless are levels in another order than best first, and a level
/// of size 0 that is not there to be removed.
OrderBook checked_book(const MarketId& market, std::uint64_t sequence, std::optional<Timestamp> at,
                       const std::vector<Level>& bids, const std::vector<Level>& asks);
/// Moves a book on by a delta. Errors as those of checked_book().
Applied apply_checked(OrderBook& book, const md::OrderbookDelta& delta);

/// Keeps the books of any number of markets right from the feed's events: a state machine without I/O. A book that is
/// not gap-free is never handed out.
class BookFeed {
  public:
    /// Where a whole book comes from: the feed's own snapshot, or a REST snapshot that deltas above its sequence are
    /// paired with.
    enum class Source { stream, rest };
    enum class What {
        nothing,  ///< stale, or of no interest while a snapshot is awaited
        snapshot, ///< the first book of a market
        delta,    ///< the book moved on by one
        gap,      ///< data is missing: there is no book until the next snapshot, which the caller must expect()
        resynced, ///< the first book after a gap or a lost connection
    };
    struct Step {
        What what = What::nothing;
        const OrderBook* book = nullptr;              ///< for snapshot, delta and resynced
        bool resubscribe = false;                     ///< the caller must subscribe again now
        std::optional<std::uint64_t> last_sequence{}; ///< for a gap: the last one that was applied
        std::optional<std::uint64_t> next_sequence{}; ///< for a gap: the one that came instead of the next
    };

    explicit BookFeed(Source source = Source::stream) : source_(source) {}

    /// The market's channel was subscribed to, or a gap reported: its book must be whole by then. A second call
    /// gives no more time.
    void expect(const MarketId& market, Deadline by);
    /// The connection is lost: no book holds any more.
    void disconnected();
    /// The same of one market, whose subscription the exchange has ended.
    void lost(const MarketId& market);
    /// This market is not followed any more.
    void forget(const MarketId& market);
    /// Until when all books must be whole; never while none is awaited.
    Deadline due() const;
    /// A market that a REST snapshot must be fetched of; nothing when there is none.
    std::optional<MarketId> wants_rest() const;

    /// What an event means. Errors as those of checked_book().
    Step on(const md::OrderbookSnapshot& snapshot);
    Step on(const md::OrderbookDelta& delta);
    Step on(const md::OrderbookGap& gap);
    /// `nothing`: it is too old to be paired, and must be fetched again.
    Step on(const rest::OrderbookSnapshotResponse& snapshot);

  private:
    struct FollowedBook {
        OrderBook book;
        std::uint64_t last_sequence = 0;
        StaleRun stale;
        bool shown = false;  ///< its book has been handed out at some time
        bool gapped = false; ///< a gap was reported, and there has been no book since
        Deadline due = Deadline::never();
        std::optional<std::uint64_t> base{};        ///< of Source::rest: the least sequence a REST snapshot must have
        std::vector<md::OrderbookDelta> buffered{}; ///< of Source::rest: in sequence, above base
    };
    Step whole(FollowedBook& entry, OrderBook book);
    void lost(FollowedBook& entry);
    static Step gap(FollowedBook& entry, std::optional<std::uint64_t> last, std::optional<std::uint64_t> next,
                    bool resubscribe);
    static void buffer(FollowedBook& entry, const md::OrderbookDelta& delta);

    Source source_;
    std::map<MarketId, FollowedBook> books_;
    std::size_t awaited_ = 0; ///< how many entries have a due time
};

} // namespace omen
