#include "feed.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

namespace omen::bench {

namespace {

constexpr std::size_t ring_size = 1024;
/// Its encoding has nine bytes, and so have all that follow.
constexpr std::uint64_t first_sequence = std::uint64_t{1} << 32U;
constexpr std::string_view nine_bytes("\xcf\0\0\0\1\0\0\0\0", 9);
constexpr Timestamp moment{1'700'000'000'000};

/// An amount of so many digits on the wire, three of them other than 0.
Decimal of_digits(std::size_t digits, std::uint64_t mark) {
    auto units = static_cast<Decimal::Units>(101 + mark % 899);
    for (std::size_t i = 3; i < digits; ++i) units *= 10;
    return Decimal::from_units(units);
}

/// The price of the n-th best level: 22 digits on the wire, like an ETH-PERP's.
Decimal price_of(Side side, std::size_t depth) {
    const auto cents = static_cast<std::int64_t>(5 * depth);
    return Decimal::from_units((Decimal::whole(350'000 + (side == Side::buy ? -cents - 5 : cents)).units()) / 100);
}

/// Gives an amount of a message the digits that make it as long as it is to be.
template <class Message> void pad(const Message& message, Decimal& amount) {
    amount = of_digits(3, 0);
    const auto size = wire::encode(message).size();
    if (size > payload_size || payload_size - size > 24) throw std::logic_error("no room for an amount");
    amount = of_digits(3 + payload_size - size, 0);
}

/// Levels of one side that are about to change: most of them near the best one.
class Picker {
  public:
    explicit Picker(std::size_t levels) : levels_(levels) {}

    std::vector<std::size_t> pick(std::size_t count, std::vector<std::size_t> picked = {}) {
        while (picked.size() < count) {
            const auto depth = static_cast<std::size_t>(near_(random_)) % levels_;
            if (std::find(picked.begin(), picked.end(), depth) == picked.end()) picked.push_back(depth);
        }
        return picked;
    }
    std::uint64_t mark() { return random_(); }

  private:
    std::size_t levels_;
    std::mt19937_64 random_{1};
    std::geometric_distribution<int> near_{0.05};
};

md::OrderbookDelta delta_of(const MarketId& market, const std::vector<std::size_t>& bids,
                            const std::vector<std::size_t>& asks, std::size_t digits, Picker& picker) {
    md::OrderbookDelta delta{
        .market_id = market, .sequence = first_sequence, .timestamp = moment, .bids = {}, .asks = {}};
    for (const auto depth : bids) delta.bids.push_back({price_of(Side::buy, depth), of_digits(digits, picker.mark())});
    for (const auto depth : asks) delta.asks.push_back({price_of(Side::sell, depth), of_digits(digits, picker.mark())});
    return delta;
}

template <class Message> void add_frame(std::string& out, const Message& message) {
    const auto payload = wire::encode(message);
    if (payload.size() != payload_size) throw std::logic_error("a frame of another size");
    out += frame(payload);
}

std::string delta_ring(const MarketId& market, std::size_t levels) {
    std::string frames;
    Picker picker(levels);
    for (std::size_t i = 0; i < ring_size; i += 2) {
        const auto bids = picker.pick(4);
        const auto asks = picker.pick(4);
        auto without = delta_of(market, bids, asks, 17, picker);
        without.bids[0].size = without.asks[0].size = Decimal();
        pad(without, without.bids.back().size);
        add_frame(frames, without);
        auto with = delta_of(market, picker.pick(4, {bids[0]}), picker.pick(3, {asks[0]}), 18, picker);
        pad(with, with.bids.back().size);
        add_frame(frames, with);
    }
    return frames;
}

} // namespace

std::string frame(std::string_view payload) {
    std::string out("\x82");
    const auto append = [&](std::uint64_t value, int bytes) {
        while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
    };
    if (payload.size() < 126) {
        append(payload.size(), 1);
    } else if (payload.size() < 65536) {
        out += '\x7e';
        append(payload.size(), 2);
    } else {
        out += '\x7f';
        append(payload.size(), 8);
    }
    return out.append(payload);
}

md::OrderbookSnapshot snapshot(const MarketId& market) {
    md::OrderbookSnapshot book{
        .market_id = market, .sequence = first_sequence, .timestamp = moment, .bids = {}, .asks = {}};
    for (std::size_t depth = 0; depth < book_levels; ++depth) {
        book.bids.push_back({price_of(Side::buy, depth), of_digits(18, depth)});
        book.asks.push_back({price_of(Side::sell, depth), of_digits(18, depth)});
    }
    return book;
}

std::string trade_frames(const MarketId& market) {
    std::string frames;
    Picker picker(book_levels);
    for (std::size_t i = 0; i < ring_size; ++i) {
        const auto side = i % 3 == 0 ? Side::sell : Side::buy;
        md::Trade trade{.market_id = market,
                        .trade_id = TradeId{"t-" + std::to_string(100'000 + i) + "-"},
                        .timestamp = moment,
                        .price = price_of(side, picker.pick(1)[0]),
                        .size = of_digits(18, picker.mark()),
                        .side = side};
        // An id is opaque and may be long; past 255 characters its own length takes another byte.
        while (wire::encode(trade).size() < payload_size) trade.trade_id->value += 'x';
        add_frame(frames, trade);
    }
    return frames;
}

DeltaFeed::DeltaFeed(const MarketId& market, std::size_t levels)
    : frames_(delta_ring(market, levels)), offset_(frames_.find(nine_bytes)), sequence_(first_sequence) {}

std::string_view DeltaFeed::next(std::size_t count) {
    const auto size = std::min(count, ring_size) * frame_size;
    for (std::size_t at = offset_; at < size; at += frame_size) {
        ++sequence_;
        for (std::size_t byte = 1; byte <= 8; ++byte)
            frames_[at + byte] = static_cast<char>(sequence_ >> (64 - 8 * byte));
    }
    return std::string_view(frames_).substr(0, size);
}

} // namespace omen::bench
