#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace omen {

Timestamp Timestamp::now() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string Timestamp::rfc3339() const {
    const auto day_ms = std::int64_t{86'400'000};
    auto days = ms / day_ms;
    auto rest = ms % day_ms;
    if (rest < 0) {
        rest += day_ms;
        --days;
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3'600'000,
                       rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

Milliseconds Deadline::left() const {
    if (is_never()) return Milliseconds::max();
    const auto rest = std::chrono::ceil<Milliseconds>(at_ - Clock::now());
    return std::max(rest, Milliseconds::zero());
}

std::optional<Milliseconds> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    std::int64_t factor = 0;
    if (unit == "ms") factor = 1;
    if (unit == "s" || unit.empty()) factor = 1000;
    if (unit == "m") factor = 60'000;
    if (unit == "h") factor = 3'600'000;
    const std::int64_t ten_years = std::int64_t{3650} * 86'400'000;
    if (factor == 0 || number > ten_years / factor) return std::nullopt;
    return Milliseconds(number * factor);
}

} // namespace omen
