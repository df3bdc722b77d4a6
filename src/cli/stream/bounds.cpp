#include "cli/stream/bounds.hpp"

namespace omen {

Deadline StreamBounds::end() const {
    auto end = Deadline::never();
    if (limits_.for_) end = end.earlier(Deadline::at(began_ + *limits_.for_));
    if (limits_.idle) end = end.earlier(Deadline::at(last_ + *limits_.idle));
    return end;
}

Exit StreamBounds::out_of_time(const std::string& goal) const {
    std::string missed;
    if (limits_.count)
        missed = "only " + std::to_string(lines_) + " of " + std::to_string(*limits_.count) + " came in time";
    if (limits_.until) missed += (missed.empty() ? "" : ", ") + ("no line met \"" + limits_.until->said + "\" in time");
    if (!goal.empty()) missed += (missed.empty() ? "" : ", ") + goal;
    if (missed.empty()) return Exit::done;
    throw Error(Fault::not_met, "stream: " + missed,
                {.code = "not_met", .hint = "allow more time with --for or --idle"});
}

} // namespace omen
