#include "core/token_bucket.hpp"

#include <algorithm>

namespace omen {

TokenBucket::TokenBucket(std::uint32_t per_second, std::uint32_t burst)
    : per_token_(std::chrono::duration_cast<Clock::duration>(std::chrono::seconds(1)) / per_second),
      capacity_(per_token_ * burst),
      empty_at_(Clock::time_point{} - capacity_) {}

bool TokenBucket::take(Clock::time_point now) {
    if (wait(now) > Clock::duration::zero()) return false;
    empty_at_ = std::max(empty_at_, now - capacity_) + per_token_;
    return true;
}

Clock::duration TokenBucket::wait(Clock::time_point now, std::uint32_t times) const {
    return std::max(empty_at_ + per_token_ * times - now, Clock::duration::zero());
}

} // namespace omen
