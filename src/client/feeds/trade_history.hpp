#pragma once

#include "protocol/market_data.hpp"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace omen {

/// What has been seen of one market's trades, so that each is shown once: live, or from a snapshot, whatever order that
/// has. The first snapshot is the past, and shown by nobody. Without I/O.
class TradeHistory {
  public:
    /// Trades between these two may be missing.
    struct Gap {
        std::optional<TradeId> last{}; ///< the last one that is known
        std::optional<TradeId> next{}; ///< the first one behind the gap
    };
    struct Live {
        bool is_new = false;
        std::optional<Gap> gap{}; ///< before it
    };
    struct Past {
        std::optional<Gap> gap{};            ///< before them
        std::vector<md::PastTrade> trades{}; ///< those to be shown, oldest first
    };

    /// `kept`: how many trades are remembered.
    explicit TradeHistory(std::size_t kept = 10'000) : kept_(kept) {}

    /// The subscription has ended: trades are missed until the next snapshot lists them.
    void interrupted() { interrupted_ = began_; }
    Live on(const md::PastTrade& live);
    Past on(const md::TradesSnapshot& snapshot);

  private:
    struct Seen {
        std::optional<Timestamp> at{};
        std::size_t count = 0; ///< of trades without an id that are alike
    };
    struct Remembered {
        std::string key;
        std::optional<Timestamp> at;
    };

    static std::string key_of(const md::PastTrade& trade);
    std::size_t times_seen(const std::string& key, const md::PastTrade& trade) const;
    bool is_seen(const md::PastTrade& trade) const { return times_seen(key_of(trade), trade) != 0; }
    void remember(const md::PastTrade& trade);
    void forget_oldest();
    bool is_old(const md::PastTrade& trade) const { return floor_ && trade.timestamp && *trade.timestamp < *floor_; }
    Gap gap_before(std::optional<TradeId> next) const;
    std::vector<md::PastTrade> oldest_first(std::vector<md::PastTrade> trades) const;

    std::size_t kept_;
    bool began_ = false;
    bool interrupted_ = false;
    std::optional<Timestamp> floor_{}; ///< what is older is of the past, or forgotten
    std::optional<md::PastTrade> newest_{};
    std::unordered_map<std::string, Seen> seen_;
    std::deque<Remembered> order_; ///< of seen_
};

} // namespace omen
