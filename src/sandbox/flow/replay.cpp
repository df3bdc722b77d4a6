// A recording is sorted once, when it is loaded:
//
//   opening  each market's first snapshot: its book as the exchange opens
//   past     trades from before that, and each market's first trades snapshot: history that is listed, not published
//   live     what is published, in the recorded order, one event a step
//
// To the sorter a market is unopened, whole up to a sequence, or in a gap. Where it is whole, the next delta is live,
// one at or below the sequence is dropped, and one beyond it, like a recorded gap, begins a gap. There deltas are
// dropped until the next snapshot, which is live: as the one delta that turns the house's book into it. A snapshot
// that only repeats the sequence is dropped. So every live delta fits what was published before, and is published as
// exactly one delta: until the first gap, published sequences are the recorded ones plus the deltas that users' orders
// caused.
//
// Timestamps are shifted by one constant, which makes the beginning of the recording now: the first live delta has
// both the exchange's time and the offset at which it was recorded, and their difference is when the recording began.
// Steps are due at the recorded offsets; who calls step() decides how fast time passes.
//
// With a loop, one more step leads from the end back to the beginning: the house's books become the opening ones, as
// one delta each, the shift grows by the recording's length, so that time goes on, and trade ids get the number of the
// round, so that none comes twice. Users' orders and positions stay, and sequences go on.

#include "sandbox/flow/replay.hpp"

#include "core/error.hpp"
#include "sandbox/exchange/exchange.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace omen::sandbox {

namespace {

using std::chrono::microseconds;

template <class... Fs> struct Overloaded : Fs... { using Fs::operator()...; };
template <class... Fs> Overloaded(Fs...) -> Overloaded<Fs...>;

/// Sorts a recording's events: how each market opens, what is past, what is live.
class Sorter {
  public:
    explicit Sorter(const Recording& recording) {
        for (const auto& market : recording.markets) markets_[market.market_id];
        for (const auto& recorded : recording.events)
            if (const auto* book = std::get_if<md::OrderbookSnapshot>(&recorded.event))
                if (auto& opens_at = state_of(book->market_id).opens_at; !opens_at) opens_at = book->timestamp;
    }

    void add(RecordedEvent recorded) {
        if (std::visit([this](const auto& event) { return is_live(event); }, recorded.event))
            live.push_back(std::move(recorded));
    }

    std::vector<md::OrderbookSnapshot> opening{};
    std::vector<md::Trade> past{};
    std::vector<RecordedEvent> live{};

  private:
    struct State {
        std::optional<Timestamp> opens_at{};
        std::optional<std::uint64_t> sequence{}; ///< none: no snapshot yet, or not since a gap
        bool opened = false;
        bool has_past = false;
    };

    State& state_of(const MarketId& market) {
        const auto found = markets_.find(market);
        if (found != markets_.end()) return found->second;
        throw Error(Fault::usage, "recording: an event of market " + market.text() + ", which the first line lacks");
    }

    bool is_live(const md::OrderbookSnapshot& event) {
        auto& state = state_of(event.market_id);
        const auto before = std::exchange(state.sequence, event.sequence);
        if (std::exchange(state.opened, true)) return before != event.sequence;
        opening.push_back(event);
        return false;
    }

    bool is_live(const md::OrderbookDelta& event) {
        auto& sequence = state_of(event.market_id).sequence;
        if (!sequence || event.sequence <= *sequence) return false;
        const bool is_next = event.sequence == *sequence + 1;
        // Behind a gap nothing of this market can be served until the next snapshot.
        sequence = is_next ? std::optional(event.sequence) : std::nullopt;
        return is_next;
    }

    bool is_live(const md::OrderbookGap& event) {
        state_of(event.market_id).sequence.reset();
        return false;
    }

    bool is_live(const md::TradesSnapshot& event) {
        if (std::exchange(state_of(event.market_id).has_past, true)) return false;
        for (const auto& trade : event.trades)
            past.push_back({.market_id = event.market_id,
                            .trade_id = trade.trade_id,
                            .timestamp = trade.timestamp,
                            .price = trade.price,
                            .size = trade.size,
                            .side = trade.side});
        return false;
    }

    bool is_live(const md::Trade& event) {
        if (!event.market_id && markets_.size() > 1)
            throw Error(Fault::usage, "recording: a trade that names none of its markets");
        const auto opens_at = state_of(event.market_id.value_or(markets_.begin()->first)).opens_at;
        const bool is_past = opens_at && event.timestamp && *event.timestamp < *opens_at;
        if (is_past) past.push_back(event);
        return !is_past;
    }

    bool is_live(const md::SpotPrice& event) { return state_of(event.market_id).opened; }
    bool is_live(const md::Funding& event) { return state_of(event.market_id).opened; }

    template <class Other> bool is_live(const Other&) { return false; }

    std::map<MarketId, State> markets_;
};

/// The recorded moment at which the recording began: what is shifted to now.
Timestamp start_of(const std::vector<RecordedEvent>& live, const std::vector<md::OrderbookSnapshot>& opening) {
    for (const auto& recorded : live)
        if (const auto* delta = std::get_if<md::OrderbookDelta>(&recorded.event); delta && delta->timestamp)
            return {delta->timestamp->ms - std::chrono::floor<Milliseconds>(recorded.at).count()};
    return opening.empty() ? Timestamp{} : opening.front().timestamp.value_or(Timestamp{});
}

} // namespace

Replay::Replay(Recording recording, bool loop) : markets_(std::move(recording.markets)), loop_(loop) {
    recording.markets = markets_;
    Sorter sorter(recording);
    for (auto& recorded : recording.events) sorter.add(std::move(recorded));
    opening_ = std::move(sorter.opening);
    past_ = std::move(sorter.past);
    live_ = std::move(sorter.live);
    std::stable_sort(past_.begin(), past_.end(),
                     [](const auto& left, const auto& right) { return left.timestamp < right.timestamp; });
}

void Replay::open(Exchange& exchange, Timestamp now) {
    shift_ms_ = now.ms - start_of(live_, opening_).ms;
    for (const auto& trade : past_) exchange.past_trade(shifted(trade, now));
    for (const auto& book : opening_)
        exchange.open_book(book.market_id, book.sequence, book.bids, book.asks, shifted(book.timestamp, now));
}

std::optional<microseconds> Replay::due() const {
    if (next_ < live_.size()) return round_start_ + live_[next_].at;
    if (loop_ && !live_.empty()) return round_start_ + live_.back().at;
    return std::nullopt;
}

void Replay::step(Exchange& exchange, Timestamp now) {
    if (next_ == live_.size()) return rewind(exchange, now);
    std::visit(
        Overloaded{[&](const md::OrderbookDelta& delta) {
                       exchange.set_house_levels(delta.market_id, delta.bids, delta.asks,
                                                 shifted(delta.timestamp, now));
                   },
                   [&](const md::OrderbookSnapshot& book) {
                       exchange.replace_house_book(book.market_id, book.bids, book.asks, shifted(book.timestamp, now));
                   },
                   [&](const md::Trade& trade) { exchange.recorded_trade(shifted(trade, now)); },
                   [&](const md::SpotPrice& spot) {
                       exchange.set_index(spot.market_id, spot.price, shifted(spot.timestamp, now));
                   },
                   [&](const md::Funding& funding) {
                       if (funding.index_price)
                           exchange.set_index(funding.market_id, *funding.index_price, shifted(funding.timestamp, now));
                   },
                   [](const auto&) {}},
        live_[next_++].event);
}

void Replay::rewind(Exchange& exchange, Timestamp now) {
    const auto length = live_.back().at;
    round_start_ += length;
    shift_ms_ += std::chrono::ceil<Milliseconds>(length).count();
    next_ = 0;
    ++round_;
    for (const auto& book : opening_)
        exchange.replace_house_book(book.market_id, book.bids, book.asks, shifted(book.timestamp, now));
}

Timestamp Replay::shifted(std::optional<Timestamp> recorded, Timestamp now) const {
    return recorded ? Timestamp{recorded->ms + shift_ms_} : now;
}

md::Trade Replay::shifted(md::Trade trade, Timestamp now) const {
    if (!trade.market_id) trade.market_id = markets_.front().market_id;
    trade.timestamp = shifted(trade.timestamp, now);
    // The second round has trades of its own.
    if (round_ > 0 && trade.trade_id) *trade.trade_id = {trade.trade_id->value + "-" + std::to_string(round_)};
    return trade;
}

} // namespace omen::sandbox
