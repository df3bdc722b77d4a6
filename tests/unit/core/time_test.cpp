#include "core/time.hpp"
#include "support/catch.hpp"

namespace omen::time_test {

using namespace std::chrono_literals;

TEST_CASE("a timestamp prints as RFC 3339 with milliseconds") {
    const auto [ms, text] = GENERATE(table<std::int64_t, const char*>({
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {1'767'323'045'678, "2026-01-02T03:04:05.678Z"},
        {951'782'400'000, "2000-02-29T00:00:00.000Z"},
        {1'709'251'199'999, "2024-02-29T23:59:59.999Z"},
        {1'709'251'200'000, "2024-03-01T00:00:00.000Z"},
        {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {-86'400'000, "1969-12-31T00:00:00.000Z"},
        {-2'203'891'200'000, "1900-03-01T00:00:00.000Z"},
        {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
    }));
    CHECK(Timestamp{ms}.rfc3339() == text);
}

TEST_CASE("the oddest timestamp that a message can carry still prints as something") {
    CHECK(Timestamp{253'402'300'799'999}.rfc3339() == "9999-12-31T23:59:59.999Z");
    CHECK(Timestamp{253'402'300'800'000}.rfc3339() == "253402300800000");
    CHECK(Timestamp{-62'167'219'200'000}.rfc3339() == "0000-01-01T00:00:00.000Z");
    CHECK(Timestamp{-62'167'219'200'001}.rfc3339() == "-62167219200001");
    CHECK(Timestamp{INT64_MAX}.rfc3339() == "9223372036854775807");
    CHECK(Timestamp{INT64_MIN}.rfc3339() == "-9223372036854775808");
}

TEST_CASE("now is now") {
    const auto expected = std::chrono::system_clock::now().time_since_epoch() / 1ms;
    CHECK(std::abs(Timestamp::now().ms - expected) < 10'000);
}

TEST_CASE("a duration is a whole number and a unit, seconds when there is none") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("10s") == 10s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("0") == 0s);
    CHECK(parse_duration("87600h") == 87600h);
}

TEST_CASE("what is no duration, or longer than ten years, is nothing") {
    for (const auto* text : {"", "s", "ms", "-1s", "+1s", " 1s", "1 s", "1s ", "1.5s", "1d", "1S", "1sec", "1e3", "0x1",
                             "87601h", "315360001", "9223372036854775807ms", "9223372036854775808", "1m30s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("a deadline that never comes has not passed and leaves all the time there is") {
    const Deadline never;
    CHECK(never.is_never());
    CHECK_FALSE(never.passed());
    CHECK(never.left() == Milliseconds::max());
}

TEST_CASE("a deadline that has passed leaves nothing") {
    const auto past = Deadline::at(Clock::now() - 1s);
    CHECK(past.passed());
    CHECK(past.left() == 0ms);
    CHECK_FALSE(past.is_never());
}

TEST_CASE("what is left is rounded up, so that waiting for it does not spin") {
    const auto left = Deadline::at(Clock::now() + 1h + 1ns).left();
    CHECK(left > 1h - 10s);
    CHECK(left <= 1h + 1ms);
    const auto soon = Deadline::at(Clock::now() + 500us);
    const bool nothing_left = soon.left() == 0ms;
    CHECK((!nothing_left || soon.passed()));
}

TEST_CASE("the earlier of two deadlines is the one that comes first") {
    const auto soon = Deadline::after(1s);
    const auto late = Deadline::after(1h);
    CHECK(soon.earlier(late).left() <= 1s);
    CHECK(late.earlier(soon).left() <= 1s);
    CHECK(Deadline::never().earlier(soon).left() <= 1s);
}

TEST_CASE("a moment is read as RFC 3339, as a day, or as milliseconds") {
    CHECK(parse_timestamp("0") == Timestamp{0});
    CHECK(parse_timestamp("1795377901762") == Timestamp{1795377901762});
    CHECK(parse_timestamp("1970-01-02") == Timestamp{86'400'000});
    CHECK(parse_timestamp("1970-01-01T00:00:01Z") == Timestamp{1000});
    CHECK(parse_timestamp("1970-01-01t00:00:01.5z") == Timestamp{1500});
    CHECK(parse_timestamp("1970-01-01 02:00:00.123456+02:00") == Timestamp{123});
    CHECK(parse_timestamp("2024-02-29T23:59:59-00:30")->rfc3339() == "2024-03-01T00:29:59.000Z");
}

TEST_CASE("what is no moment is nothing") {
    for (const auto* text :
         {"", "now", "2026-13-01", "2026-02-30", "2026-1-1", "2026-01-01T", "2026-01-01T00:00Z", "2026-01-01T25:00:00Z",
          "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T-0:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text).has_value());
    }
}

} // namespace omen::time_test
