#pragma once

#include "core/time.hpp"
#include "sandbox/flow/sandbox_clock.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

namespace omen::sim {

/// The world's time: what is to happen happens in its order, and between two happenings no time passes for anybody.
/// It is also the exchange's clock.
class Timeline final : public sandbox::SandboxClock {
  public:
    static constexpr Clock::time_point start{std::chrono::hours(1)};
    static constexpr std::int64_t start_ms = 1'800'000'000'000;

    Clock::time_point now() const { return now_; }
    Timestamp machine() const override { return {start_ms + wall_offset_.count() + since_start()}; }
    Clock::time_point steady() const override { return now_; }
    /// Sets the exchange's wall clock back or forward, as seen from the start.
    void shift_wall(Milliseconds by) { wall_offset_ = by; }

    void at(Clock::time_point when, std::function<void()> what) {
        happenings_.push_back({std::max(when, now_), ++last_number_, std::move(what)});
        std::push_heap(happenings_.begin(), happenings_.end(), later);
    }
    void after(Clock::duration duration, std::function<void()> what) { at(now_ + duration, std::move(what)); }
    /// When something is to happen next.
    std::optional<Clock::time_point> next() const {
        if (happenings_.empty()) return std::nullopt;
        return happenings_.front().when;
    }
    /// Lets happen what is due by then.
    void advance_to(Clock::time_point when) {
        while (!happenings_.empty() && happenings_.front().when <= when) {
            std::pop_heap(happenings_.begin(), happenings_.end(), later);
            const auto happening = std::move(happenings_.back());
            happenings_.pop_back();
            now_ = happening.when;
            happening.what();
        }
        now_ = std::max(now_, when);
    }

  private:
    struct Happening {
        Clock::time_point when;
        std::uint64_t number;
        std::function<void()> what;
    };
    static bool later(const Happening& left, const Happening& right) {
        return std::pair(left.when, left.number) > std::pair(right.when, right.number);
    }
    std::int64_t since_start() const { return std::chrono::floor<Milliseconds>(now_ - start).count(); }

    Clock::time_point now_ = start;
    Milliseconds wall_offset_{};
    std::uint64_t last_number_ = 0;
    std::vector<Happening> happenings_;
};

} // namespace omen::sim
