#pragma once

#include "client/feeds/book_feed.hpp"
#include "core/ids.hpp"
#include "core/order_book.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

/// Holds every book that is shown against the exchange's own at that sequence.
class BookJudge {
  public:
    using Fail = std::function<void(const std::string&)>;

    explicit BookJudge(Fail fail) : fail_(std::move(fail)) {}

    /// The exchange's book has come to this, in this run of it.
    void happened(unsigned run, const MarketId& market, std::uint64_t sequence, std::vector<Level> bids,
                  std::vector<Level> asks);

    /// A process that has shown nothing yet.
    void started() { shown_.clear(); }
    void disconnected();
    void shown(unsigned run, const MarketId& market, const BookFeed::Step& step);
    void gap_told(const MarketId& market);

    /// When all is quiet: is the book as it is now shown?
    void check_complete(unsigned run, const MarketId& market, std::uint64_t sequence);

  private:
    struct Book {
        std::vector<Level> bids;
        std::vector<Level> asks;
    };
    struct Shown {
        std::optional<std::uint64_t> sequence{}; ///< none: there is no book now
        unsigned run = 0;
        bool is_gapped = false; ///< there is none since a gap, or a lost connection
    };

    Fail fail_;
    std::map<std::pair<unsigned, MarketId>, std::map<std::uint64_t, Book>> books_;
    std::map<MarketId, Shown> shown_;
};

} // namespace omen::sim
