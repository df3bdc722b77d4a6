#include "sandbox/flow/market_clock.hpp"

#include <algorithm>

namespace omen::sandbox {

Timestamp MarketClock::exchange() const {
    return {beginning_.ms + std::chrono::floor<Milliseconds>(elapsed()).count()};
}

MarketClock::Duration MarketClock::elapsed() const {
    const auto passed = runs_ ? std::chrono::floor<Duration>(steady() - since_) * rate_ : Duration{};
    return stop_ ? std::min(counted_ + passed, *stop_) : counted_ + passed;
}

void MarketClock::begin_anew() {
    counted_ = elapsed();
    since_ = steady();
}

void MarketClock::go_on() {
    if (runs_) return;
    begin_anew();
    runs_ = true;
}

void MarketClock::stand_still() {
    begin_anew();
    runs_ = false;
}

void MarketClock::stop_at(std::optional<Duration> next) {
    if (!next && !speed_ && rate_ == 0) {
        begin_anew();
        rate_ = 1;
    }
    stop_ = next;
}

Clock::time_point MarketClock::reach(Duration elapsed) {
    if (!speed_) {
        counted_ = std::max(counted_, elapsed);
        return steady();
    }
    return since_ + (elapsed - counted_ + Duration(rate_ - 1)) / rate_;
}

} // namespace omen::sandbox
