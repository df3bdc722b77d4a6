// A trade is known by its id and time: an exchange that has lost its memory may give an id again. One without an id is
// known by all that it says; of several that are alike, a snapshot has to list more than have been seen.
//
// What was in the first snapshot, or is older than what the stream began with, is the past. Everything later that has
// not been seen is new, wherever it comes from: it was missed. A snapshot shows that none is missing by reaching back
// to what is known: it lists a trade that has been seen, or an older one. Where it does not, behind an interruption or
// beside trades that are known, there is a gap; so there is before a trade that comes, after an interruption, ahead of
// any snapshot.
//
// Snapshots are brought into the order of time. Of equal times those come first that stand nearer to the end where the
// older ones are, as the times at both ends show, or which end has been seen.

#include "client/feeds/trade_history.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace omen {

namespace {

bool is_older(const md::PastTrade& left, const md::PastTrade& right) {
    return left.timestamp && right.timestamp && *left.timestamp < *right.timestamp;
}

} // namespace

std::string TradeHistory::key_of(const md::PastTrade& trade) {
    if (trade.trade_id) return "id " + trade.trade_id->value;
    const auto at = trade.timestamp ? std::to_string(trade.timestamp->ms) : "";
    const auto side = trade.side ? std::string(to_string(*trade.side)) : "";
    return "at " + at + " " + trade.price.text() + " " + trade.size.text() + " " + side;
}

std::size_t TradeHistory::times_seen(const std::string& key, const md::PastTrade& trade) const {
    const auto found = seen_.find(key);
    if (found == seen_.end()) return 0;
    const bool differs = trade.timestamp && found->second.at && *trade.timestamp != *found->second.at;
    return differs ? 0 : found->second.count;
}

void TradeHistory::remember(const md::PastTrade& trade) {
    auto key = key_of(trade);
    auto& seen = seen_[key];
    seen = {.at = trade.timestamp, .count = trade.trade_id ? 1 : seen.count + 1};
    order_.push_back({std::move(key), trade.timestamp});
    if (order_.size() > kept_) forget_oldest();
    if (!newest_ || !is_older(trade, *newest_)) newest_ = trade;
}

void TradeHistory::forget_oldest() {
    const auto oldest = std::move(order_.front());
    order_.pop_front();
    if (oldest.at) {
        const Timestamp behind{oldest.at->ms + 1};
        floor_ = std::max(floor_.value_or(behind), behind);
    }
    const auto found = seen_.find(oldest.key);
    if (found != seen_.end() && found->second.at == oldest.at && --found->second.count == 0) seen_.erase(found);
}

TradeHistory::Gap TradeHistory::gap_before(std::optional<TradeId> next) const {
    return {.last = newest_ ? newest_->trade_id : std::nullopt, .next = std::move(next)};
}

TradeHistory::Live TradeHistory::on(const md::PastTrade& live) {
    if (live.trade_id && is_seen(live)) return {};
    Live step{.is_new = true};
    if (std::exchange(interrupted_, false)) step.gap = gap_before(live.trade_id);
    if (!std::exchange(began_, true)) floor_ = live.timestamp;
    remember(live);
    return step;
}

std::vector<md::PastTrade> TradeHistory::oldest_first(std::vector<md::PastTrade> trades) const {
    if (trades.empty()) return trades;
    const auto& first = trades.front();
    const auto& last = trades.back();
    const bool tells_time = is_older(first, last) || is_older(last, first);
    if (tells_time ? is_older(last, first) : !is_seen(first) && is_seen(last))
        std::reverse(trades.begin(), trades.end());
    const auto is_dated = [](const md::PastTrade& trade) { return trade.timestamp.has_value(); };
    if (std::all_of(trades.begin(), trades.end(), is_dated)) std::stable_sort(trades.begin(), trades.end(), is_older);
    return trades;
}

TradeHistory::Past TradeHistory::on(const md::TradesSnapshot& snapshot) {
    Past past;
    bool reaches_back = false;
    std::map<std::string, std::size_t> listed;
    for (auto& trade : oldest_first(snapshot.trades)) {
        const auto key = key_of(trade);
        const auto nth = ++listed[key];
        if (trade.trade_id && nth > 1) continue;
        const bool is_known = nth <= times_seen(key, trade) || (began_ && is_old(trade));
        reaches_back = reaches_back || is_known || (newest_ && is_older(trade, *newest_));
        if (is_known)
            // Those without a time that stand before it are as old.
            std::erase_if(past.trades, [](const md::PastTrade& one) { return !one.timestamp; });
        else
            past.trades.push_back(std::move(trade));
    }
    if (!reaches_back && began_ &&
        (newest_ ? interrupted_ || !past.trades.empty() : interrupted_ && !past.trades.empty()))
        past.gap = gap_before(past.trades.empty() ? std::nullopt : past.trades.front().trade_id);
    interrupted_ = false;
    for (const auto& trade : past.trades) remember(trade);
    if (!std::exchange(began_, true)) {
        if (newest_) floor_ = newest_->timestamp;
        past.trades.clear();
    }
    return past;
}

} // namespace omen
