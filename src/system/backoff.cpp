#include "system/backoff.hpp"

#include <algorithm>

namespace omen {

Milliseconds Backoff::pause(Clock::time_point now) {
    constexpr unsigned most_doublings = 20;
    if (connected_ != Clock::time_point::max() && now - connected_ >= options_.longest) failures_ = 0;
    connected_ = Clock::time_point::max();
    const auto doublings = std::min(failures_++, most_doublings);
    const auto whole = std::min(options_.longest, options_.first * (1U << doublings)).count();
    return Milliseconds(std::uniform_int_distribution(whole / 2, whole)(random_));
}

} // namespace omen
