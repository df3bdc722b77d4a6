#include "core/time.hpp"

#include "core/integer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen {

namespace {

/// Takes exactly this many digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count || text[0] == '-') return std::nullopt;
    const auto value = parse_integer<int>(text.substr(0, count));
    if (value) text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

/// "YYYY-MM-DD"
std::optional<std::chrono::sys_days> take_day(std::string_view& text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

/// "hh:mm"
std::optional<Milliseconds> take_hours(std::string_view& text) {
    const auto hours = take_digits(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

/// ":ss" and an optional fraction, cut to milliseconds
std::optional<Milliseconds> take_seconds(std::string_view& text) {
    if (!take(text, ':')) return std::nullopt;
    const auto seconds = take_digits(text, 2);
    if (!seconds || *seconds > 60) return std::nullopt;
    Milliseconds result = std::chrono::seconds(*seconds);
    if (!take(text, '.')) return result;
    int unit = 100;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10)
        result += Milliseconds((text[0] - '0') * unit);
    return unit == 100 ? std::nullopt : std::optional(result);
}

/// "Z" or "+hh:mm", to the end of the text
std::optional<Milliseconds> take_offset(std::string_view& text) {
    if (text == "Z" || text == "z") return Milliseconds::zero();
    const bool behind = text.starts_with('-');
    if (!behind && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const auto offset = take_hours(text);
    if (!offset || !text.empty()) return std::nullopt;
    return behind ? -*offset : *offset;
}

} // namespace

Timestamp Timestamp::now() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string Timestamp::rfc3339() const {
    constexpr std::int64_t year_0 = -62'167'219'200'000;
    constexpr std::int64_t year_10000 = 253'402'300'800'000;
    if (ms < year_0 || ms >= year_10000) return std::to_string(ms);
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

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    if (const auto ms = parse_integer<std::int64_t>(text)) return Timestamp{*ms};
    const auto day = take_day(text);
    if (!day) return std::nullopt;
    const Milliseconds midnight = day->time_since_epoch();
    if (text.empty()) return Timestamp{midnight.count()};
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
    const auto hours = take_hours(text);
    if (!hours) return std::nullopt;
    const auto seconds = take_seconds(text);
    if (!seconds) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset) return std::nullopt;
    return Timestamp{(midnight + *hours + *seconds - *offset).count()};
}

std::optional<Milliseconds> parse_duration(std::string_view text) {
    const auto number = take_integer<std::int64_t>(text);
    if (!number || *number < 0) return std::nullopt;
    std::int64_t factor = 0;
    if (text == "ms") factor = 1;
    if (text == "s" || text.empty()) factor = 1000;
    if (text == "m") factor = 60'000;
    if (text == "h") factor = 3'600'000;
    const std::int64_t ten_years = std::int64_t{3650} * 86'400'000;
    if (factor == 0 || *number > ten_years / factor) return std::nullopt;
    return Milliseconds(*number * factor);
}

} // namespace omen
