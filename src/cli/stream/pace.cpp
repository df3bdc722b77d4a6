#include "cli/stream/pace.hpp"

namespace omen {

bool Pace::offer(const MarketId& market, Clock::time_point now) {
    auto& entry = markets_[market];
    entry.held = entry.next && now < *entry.next;
    if (!entry.held) entry.next = now + interval_;
    return !entry.held;
}

void Pace::withdraw_all() {
    for (auto& [market, entry] : markets_) entry.held = false;
}

Deadline Pace::next() const {
    auto first = Deadline::never();
    for (const auto& [market, entry] : markets_)
        if (entry.held) first = first.earlier(Deadline::at(*entry.next));
    return first;
}

std::optional<MarketId> Pace::take(Clock::time_point now) {
    for (auto& [market, entry] : markets_)
        if (entry.held && now >= *entry.next) {
            entry = {.next = now + interval_, .held = false};
            return market;
        }
    return std::nullopt;
}

} // namespace omen
