#include "cli/stream/lines.hpp"

namespace omen {

StreamLines::StreamLines(Output& output, const StreamLimits& limits, Columns columns)
    : output_(output), bounds_(limits, Clock::now()) {
    std::vector<std::string_view> all(columns.begin(), columns.end());
    all.emplace_back("reason");
    output_.begin_stream(all);
}

} // namespace omen
