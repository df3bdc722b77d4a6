#pragma once

#include "client/trace/wire_log.hpp"
#include "protocol/rest.hpp"
#include "system/descriptor.hpp"
#include "system/files.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace omen {

/// Writes the messages of WebSockets to a file as they come, one JSON object a line, "t" being seconds of a monotonic
/// clock: {"t","event"} for an event of the market-data feed, {"t","sent"} and {"t","received"} for other messages,
/// {"t","note"} for connections. With the markets in front it is a Recording. A file that can't be written to any
/// longer ends the recording, and nothing else.
class Recorder {
  public:
    /// Creates the file, or empties it; for this user only. It may be a device or a pipe. Errors: usage.
    Recorder(std::string path, IfThere if_there);

    /// Written once, and only in front of everything else.
    void markets(const std::vector<rest::MarketResponse>& markets);
    void line(const WireLine& line);
    /// Why the recording ended early; empty while it goes on.
    const std::string& failure() const { return failure_; }

  private:
    void write(std::string text);

    std::string path_;
    Descriptor file_;
    bool begun_ = false;
    std::string failure_;
};

} // namespace omen
