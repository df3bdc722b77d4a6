#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omen {

/// A moment, as every message carries it: milliseconds since the Unix epoch.
struct Timestamp {
    std::int64_t ms = 0;

    auto operator<=>(const Timestamp&) const = default;

    /// The system clock's now.
    static Timestamp now();
    /// RFC 3339, UTC, with milliseconds: 2026-01-02T03:04:05.678Z. It knows the years 0000 to 9999: beyond them it is
    /// the milliseconds.
    std::string rfc3339() const;
};

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

/// The point at which waiting ends. The default never comes.
class Deadline {
  public:
    Deadline() = default;
    static Deadline after(Milliseconds duration) { return Deadline(Clock::now() + duration); }
    static Deadline never() { return {}; }
    static Deadline at(Clock::time_point when) { return Deadline(when); }

    bool passed() const { return Clock::now() >= at_; }
    Clock::time_point when() const { return at_; }
    bool is_never() const { return at_ == Clock::time_point::max(); }
    /// What is left, rounded up so that a wait for it does not spin; 0 when passed.
    Milliseconds left() const;
    Deadline earlier(Deadline other) const { return at_ < other.at_ ? *this : other; }

  private:
    explicit Deadline(Clock::time_point at) : at_(at) {}

    Clock::time_point at_ = Clock::time_point::max();
};

/// A moment as people type it: milliseconds since the epoch, RFC 3339 ("2026-01-02T03:04:05Z", seconds with an optional
/// fraction; an offset like +02:00), or a day ("2026-01-02", its beginning in UTC). Nothing when it is no such text.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// A duration as people type it: "500ms", "10s", "5m", "1h"; a bare number is seconds. Nothing when it is no such text
/// or longer than ten years.
std::optional<Milliseconds> parse_duration(std::string_view text);

} // namespace omen
