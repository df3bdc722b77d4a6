#pragma once

#include "sandbox/flow/sandbox_clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace omen::sandbox {

/// The clock of a sandbox that runs: in the markets time begins now, stands still until go_on(), and then passes so
/// many times faster than here. It does not pass what the market flow has yet to do, so that every step happens at its
/// own time, and what users do between two steps happens between their times.
class MarketClock : public SandboxClock {
  public:
    using Duration = std::chrono::microseconds;

    /// Without a speed, time passes as it is put forward by reach(); at its own pace when the flow has ended.
    explicit MarketClock(std::optional<std::uint32_t> speed) : speed_(speed), rate_(speed.value_or(0)) {}

    Timestamp exchange() const override;

    void go_on();
    void stand_still();
    /// What the flow does next, counted from the beginning; nothing when it has ended.
    void stop_at(std::optional<Duration> next);
    /// When, by steady(), the markets get there. Without a speed they are put there now.
    Clock::time_point reach(Duration elapsed);

  private:
    Duration elapsed() const;
    void begin_anew();

    Timestamp beginning_ = SandboxClock::machine();
    std::optional<std::uint32_t> speed_;
    std::int64_t rate_;
    Duration counted_{}; ///< up to `since_`
    Clock::time_point since_{};
    bool runs_ = false;
    std::optional<Duration> stop_ = Duration{};
};

} // namespace omen::sandbox
