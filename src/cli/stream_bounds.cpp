#include "cli/stream_bounds.hpp"

namespace omen {

void StreamBounds::seen(std::uint64_t lines, Clock::time_point now) {
    lines_ += lines;
    last_ = now;
}

Deadline StreamBounds::end() const {
    auto end = Deadline::never();
    if (limits_.for_) end = end.earlier(Deadline::at(began_ + *limits_.for_));
    if (limits_.idle) end = end.earlier(Deadline::at(last_ + *limits_.idle));
    return end;
}

Exit StreamBounds::out_of_time() const {
    if (!limits_.count) return Exit::done;
    throw Error(Fault::not_met,
                "stream: only " + std::to_string(lines_) + " of " + std::to_string(*limits_.count) + " came in time",
                {.code = "not_met"});
}

} // namespace omen
