#include "core/integer.hpp"
#include "support/catch.hpp"

#include <cstdint>

namespace omen::integer_test {

TEST_CASE("an integer is the whole of its text") {
    CHECK(parse_integer<int>("0") == 0);
    CHECK(parse_integer<int>("007") == 7);
    CHECK(parse_integer<int>("-12") == -12);
    CHECK(parse_integer<unsigned>("ff", 16) == 255U);
    for (const auto* text : {"", "-", "+1", " 1", "1 ", "1a", "a", "1.0", "0x1", "--1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_integer<int>(text));
    }
    CHECK_FALSE(parse_integer<unsigned>("fg", 16));
}

TEST_CASE("an integer is one that its type can hold") {
    CHECK(parse_integer<std::uint64_t>("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(parse_integer<std::uint64_t>("18446744073709551616"));
    CHECK_FALSE(parse_integer<std::uint64_t>("-1"));
    CHECK(parse_integer<std::int64_t>("-9223372036854775808") == INT64_MIN);
    CHECK_FALSE(parse_integer<std::int64_t>("-9223372036854775809"));
    CHECK_FALSE(parse_integer<std::uint16_t>("65536"));
}

TEST_CASE("an integer at the front of a text is taken off it") {
    std::string_view text = "12ms";
    CHECK(take_integer<int>(text) == 12);
    CHECK(text == "ms");
    CHECK_FALSE(take_integer<int>(text));
    CHECK(text == "ms");
}

TEST_CASE("an integer that its type can't hold is left where it is") {
    std::string_view text = "70000]";
    CHECK_FALSE(take_integer<std::uint16_t>(text));
    CHECK(text == "70000]");
}

} // namespace omen::integer_test
