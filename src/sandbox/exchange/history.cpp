#include "sandbox/exchange/history.hpp"

#include "sandbox/money/in_range.hpp"

#include <algorithm>
#include <iterator>

namespace omen::sandbox {

namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day_length = 24 * 60 * minute;

Timestamp start_of(Timestamp at, std::int64_t length) {
    return {at.ms - at.ms % length};
}

/// What is traded in a minute may be more than can be said: then it is the most that can.
Decimal saturated_sum(Decimal left, Decimal right) {
    static const auto most = Decimal::parse_scaled("170141183460469231731687303715884105727");
    return in_range([&] { return left + right; }).value_or(most);
}

void merge(CandleFacts& candle, const CandleFacts& later) {
    candle.high = std::max(candle.high, later.high);
    candle.low = std::min(candle.low, later.low);
    candle.close = later.close;
    candle.volume = saturated_sum(candle.volume, later.volume);
    candle.trades += later.trades;
}

} // namespace

std::int64_t length_of(Interval interval) {
    static constexpr std::int64_t minutes[] = {1, 5, 15, 60, 240, 1440};
    static_assert(std::size(minutes) == enum_size<Interval>());
    return minutes[static_cast<std::size_t>(interval)] * minute;
}

void History::add(const TradeFacts& trade) {
    trades_.push_back(trade);
    if (trades_.size() > trades_kept_) trades_.pop_front();

    const auto open_time = start_of(trade.timestamp, minute);
    const CandleFacts candle{.open_time = open_time,
                             .open = trade.price,
                             .high = trade.price,
                             .low = trade.price,
                             .close = trade.price,
                             .volume = trade.size,
                             .trades = 1};
    const auto [found, added] = minutes_.try_emplace(open_time, candle);
    if (!added) merge(found->second, candle);
    if (minutes_.size() > minutes_kept) minutes_.erase(minutes_.begin());
}

std::optional<Decimal> History::last_price() const {
    return trades_.empty() ? std::nullopt : std::optional(trades_.back().price);
}

std::vector<TradeFacts> History::trades(std::size_t limit) const {
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, trades_.size()));
    return {trades_.rbegin(), trades_.rbegin() + count};
}

std::vector<CandleFacts> History::candles(const CandleQuery& query) const {
    const auto length = length_of(query.interval);
    std::vector<CandleFacts> result;
    for (const auto& [time, one_minute] : minutes_) {
        const auto open_time = start_of(time, length);
        if ((query.from && open_time < *query.from) || (query.to && open_time >= *query.to)) continue;
        if (!result.empty() && result.back().open_time == open_time) {
            merge(result.back(), one_minute);
        } else {
            result.push_back(one_minute);
            result.back().open_time = open_time;
        }
    }
    if (result.size() <= query.limit) return result;
    const auto surplus = static_cast<std::ptrdiff_t>(result.size() - query.limit);
    if (query.from) return {result.begin(), result.end() - surplus};
    return {result.begin() + surplus, result.end()};
}

std::optional<DayStatistics> History::day(Timestamp now) const {
    if (minutes_.empty()) return std::nullopt;
    const auto first = minutes_.upper_bound({now.ms - day_length});
    const auto last = minutes_.rbegin()->second.close;
    if (first == minutes_.end()) return DayStatistics{.high = last, .low = last, .volume = {}, .change = Decimal{}};

    auto whole = first->second;
    for (auto next = std::next(first); next != minutes_.end(); ++next) merge(whole, next->second);
    const auto then = first == minutes_.begin() ? whole.open : std::prev(first)->second.close;
    return DayStatistics{.high = whole.high,
                         .low = whole.low,
                         .volume = whole.volume,
                         .change = in_range([&] { return divide(last - then, then, Rounding::toward_zero); })};
}

} // namespace omen::sandbox
