#include "client/session/backoff.hpp"

#include <algorithm>

namespace omen {

Clock::time_point Backoff::retry_at(Clock::time_point now) {
    if (connected_ != Clock::time_point::max() && now - connected_ >= longest) failures_ = 0;
    connected_ = Clock::time_point::max();
    const auto doublings = std::min(failures_++, 10U);
    const auto whole = std::min(longest.count(), first.count() << doublings);
    // xorshift64: chance enough to spread clients.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    const auto half = whole / 2;
    return now + Milliseconds(half + static_cast<Milliseconds::rep>(random_ % static_cast<std::uint64_t>(half + 1)));
}

} // namespace omen
