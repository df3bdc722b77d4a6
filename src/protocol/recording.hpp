#pragma once

#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace omen {

/// One recorded market-data event and when it came, counted from the recording's start.
struct RecordedEvent {
    std::chrono::microseconds at{};
    md::Event event;
};

/// A market-data recording: NDJSON, the first line the markets, every other line one event of the feed. What a Recorder
/// wrote beside the events ("sent", "received" and "note" lines) is passed over.
struct Recording {
    std::vector<rest::MarketResponse> markets;
    std::vector<RecordedEvent> events;

    /// Reads a recording. A DecodeError names the line: "line 12: trade: price: missing".
    static Recording parse(std::string_view text);
};

} // namespace omen
