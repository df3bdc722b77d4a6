#pragma once

#include "protocol/market_data.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace omen::bench {

/// The payload of every frame of a feed.
inline constexpr std::size_t payload_size = 345;
/// A server's header in front of such a payload.
inline constexpr std::size_t header_size = 4;
inline constexpr std::size_t frame_size = header_size + payload_size;
/// Levels of each side of the book.
inline constexpr std::size_t book_levels = 1000;

/// A server's frame around a message.
std::string frame(std::string_view payload);

/// What a subscription to a book begins with. Its sequence, and so that of every delta, takes nine bytes.
md::OrderbookSnapshot snapshot(const MarketId& market);
/// The same trades, over and over.
std::string trade_frames(const MarketId& market);

/// Deltas without end of a book of so many levels a side, each the next one, most of their levels near the best one.
/// Every second one takes two levels away, which the next one brings back, so that a ring of them can be sent in turn
/// for ever.
class DeltaFeed {
  public:
    explicit DeltaFeed(const MarketId& market, std::size_t levels = book_levels);
    /// So many frames, numbered, or as many as the ring has; valid until the next call.
    std::string_view next(std::size_t count);

  private:
    std::string frames_;
    std::size_t offset_; ///< of the sequence in a frame
    std::uint64_t sequence_;
};

} // namespace omen::bench
