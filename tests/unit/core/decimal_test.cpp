#include "core/decimal.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace omen::decimal_test {

using namespace omen::literals;
using Catch::Matchers::Message;

namespace {

/// The ends of the range: 2^127-1 units, and the smallest step.
const auto largest = Decimal::parse_scaled("170141183460469231731687303715884105727");
const auto smallest = -largest;
const auto unit = Decimal::from_units(1);

constexpr auto down = Rounding::toward_zero;
constexpr auto up = Rounding::away_from_zero;

void check_not_a_number(const char* text) {
    CAPTURE(text);
    CHECK_THROWS_MATCHES(Decimal::parse(text), DecimalError, Message("not a decimal number"));
}

void check_not_an_integer(const char* text) {
    CAPTURE(text);
    CHECK_THROWS_MATCHES(Decimal::parse_scaled(text), DecimalError, Message("not a decimal integer"));
}

template <class F> void check_out_of_range(F&& compute) {
    CHECK_THROWS_MATCHES(compute(), DecimalError, Message("out of range (at most about 1.7e20)"));
}

} // namespace

TEST_CASE("a decimal is parsed as people write it and printed without trailing zeros") {
    const auto [text, printed] = GENERATE(table<const char*, const char*>({
        {"65000.5", "65000.5"},
        {"12", "12"},
        {"-0.1", "-0.1"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"1.", "1"},
        {"0", "0"},
        {"-0", "0"},
        {"-0.000", "0"},
        {"007.2500", "7.25"},
        {"0.000000000000000001", "0.000000000000000001"},
        {"-1.000000000000000001", "-1.000000000000000001"},
        {"0.100000000000000000", "0.1"},
        {"1.0000000000000000000000", "1"},
        {"18446744073709551616.000000000000000001", "18446744073709551616.000000000000000001"},
        {"170141183460469231731.687303715884105727", "170141183460469231731.687303715884105727"},
        {"-170141183460469231731.687303715884105727", "-170141183460469231731.687303715884105727"},
    }));
    CHECK(Decimal::parse(text).text() == printed);
}

TEST_CASE("what people do not write as a decimal is refused") {
    for (const auto* text : {"", "-", ".", "-.", "+1", "--1", "1-", "1e5", "1E5", " 1", "1 ", "1,000", "1_000", "1.2.3",
                             "0x10", "nan", "inf", "1.-5", "\xd9\xa1"})
        check_not_a_number(text);
}

TEST_CASE("a 19th decimal place is refused, never rounded away") {
    CHECK_THROWS_MATCHES(Decimal::parse("0.0000000000000000001"), DecimalError, Message("more than 18 decimal places"));
    CHECK_THROWS_MATCHES(Decimal::parse("1.0000000000000000010000000001"), DecimalError,
                         Message("more than 18 decimal places"));
}

TEST_CASE("a decimal beyond the range is refused") {
    for (const auto* text : {"170141183460469231731.687303715884105728", "-170141183460469231731.687303715884105728",
                             "170141183460469231732", "340282366920938463463374607431768211456",
                             "340282366920938463463374607431768211455", "1000000000000000000000000000000000000000000"})
        check_out_of_range([&] { return Decimal::parse(text); });
}

TEST_CASE("a scaled integer is an amount in units of 1e-18, both ways") {
    const auto [scaled, text] = GENERATE(table<const char*, const char*>({
        {"65000500000000000000000", "65000.5"},
        {"1", "0.000000000000000001"},
        {"-1", "-0.000000000000000001"},
        {"0", "0"},
        {"999999999999999999", "0.999999999999999999"},
        {"18446744073709551615", "18.446744073709551615"},
        {"18446744073709551616", "18.446744073709551616"},
        {"1000000000000000000000000000000000000", "1000000000000000000"},
        {"170141183460469231731687303715884105727", "170141183460469231731.687303715884105727"},
        {"-170141183460469231731687303715884105727", "-170141183460469231731.687303715884105727"},
    }));
    CHECK(Decimal::parse_scaled(scaled).text() == text);
    CHECK(Decimal::parse(text).scaled() == scaled);
}

TEST_CASE("a scaled amount with leading zeros or a negative zero is the plain one") {
    CHECK(Decimal::parse_scaled("00012") == Decimal::from_units(12));
    CHECK(Decimal::parse_scaled("-0").scaled() == "0");
}

TEST_CASE("what is no decimal integer is no scaled amount") {
    for (const auto* text : {"", "-", "+1", "1.0", "1.", ".5", "1e5", " 1", "1 ", "1\n", "0x1", "--1"})
        check_not_an_integer(text);
}

TEST_CASE("a scaled amount beyond the range is refused") {
    for (const auto* text : {"170141183460469231731687303715884105728", "-170141183460469231731687303715884105728",
                             "340282366920938463463374607431768211457", "9999999999999999999999999999999999999999999"})
        check_out_of_range([&] { return Decimal::parse_scaled(text); });
    check_out_of_range([] { return Decimal::parse_scaled("170141183460469231732", 0); });
}

TEST_CASE("a field may be scaled by less than 18 decimals") {
    CHECK(Decimal::parse_scaled("65000500000", 6) == 65000.5_d);
    CHECK(Decimal::parse_scaled("-12", 0) == -12_d);
    CHECK((65000.5_d).scaled(6) == "65000500000");
    CHECK((-12_d).scaled(0) == "-12");
    CHECK(Decimal{}.scaled(0) == "0");
}

TEST_CASE("an amount finer than the field's scale is refused, never rounded") {
    CHECK_THROWS_MATCHES((0.5_d).scaled(0), DecimalError, Message("finer than the field's scale"));
    CHECK_THROWS_MATCHES((0.0000001_d).scaled(6), DecimalError, Message("finer than the field's scale"));
}

TEST_CASE("amounts are printed at the end of a buffer") {
    std::string buffer = "price ";
    (1.5_d).append_text(buffer);
    buffer += ' ';
    (-1.5_d).append_scaled(buffer, 1);
    CHECK(buffer == "price 1.5 -15");
}

TEST_CASE("decimals are ordered by value") {
    const std::vector ascending{smallest, -2_d, -1.5_d, -unit, Decimal{}, unit, 1.5_d, 2_d, largest};
    CHECK(std::is_sorted(ascending.begin(), ascending.end(), std::less{}));
    CHECK(std::adjacent_find(ascending.begin(), ascending.end()) == ascending.end());
    CHECK(1.50_d == 1.5_d);
}

TEST_CASE("a decimal knows its sign") {
    CHECK(((-unit).is_negative() && !(-unit).is_positive() && !(-unit).is_zero()));
    CHECK((unit.is_positive() && !unit.is_negative() && !unit.is_zero()));
    CHECK((Decimal{}.is_zero() && !Decimal{}.is_positive() && !Decimal{}.is_negative()));
    CHECK((-1.5_d).abs() == 1.5_d);
    CHECK(smallest.abs() == largest);
}

TEST_CASE("every 64-bit integer is a whole decimal") {
    CHECK(Decimal::whole(INT64_MAX).text() == "9223372036854775807");
    CHECK(Decimal::whole(INT64_MIN).text() == "-9223372036854775808");
    CHECK(Decimal::whole(UINT64_MAX).text() == "18446744073709551615");
}

TEST_CASE("an amount's whole part is cut off at the point") {
    CHECK((2.999999999999999999_d).whole_part() == 2);
    CHECK((-2.5_d).whole_part() == -2);
    CHECK((0.5_d).whole_part() == 0);
    CHECK(Decimal::whole(INT64_MIN).whole_part() == INT64_MIN);
}

TEST_CASE("sums and differences are exact up to the very ends of the range") {
    CHECK(0.1_d + 0.2_d == 0.3_d);
    CHECK(1_d - 1.000000000000000001_d == -unit);
    CHECK(largest - unit + unit == largest);
    CHECK(smallest + unit - unit == smallest);
    auto balance = 10_d;
    balance += 2.5_d;
    balance -= 12.5_d;
    CHECK(balance.is_zero());
}

TEST_CASE("a sum or difference beyond the range is an error, never a wrap") {
    check_out_of_range([] { return largest + unit; });
    check_out_of_range([] { return smallest - unit; });
    check_out_of_range([] { return smallest + -unit; });
    check_out_of_range([] { return largest - smallest; });
    check_out_of_range([] { return smallest + smallest; });
}

TEST_CASE("products and quotients round as asked, for both signs") {
    CHECK(multiply(1.5_d, -2_d, down) == -3_d);
    CHECK(multiply(unit, 0.5_d, down) == 0_d);
    CHECK(multiply(unit, 0.5_d, up) == unit);
    CHECK(multiply(unit, -0.5_d, down) == 0_d);
    CHECK(multiply(unit, -0.5_d, up) == -unit);
    CHECK(divide(2_d, 3_d, down) == 0.666666666666666666_d);
    CHECK(divide(2_d, 3_d, up) == 0.666666666666666667_d);
    CHECK(divide(-2_d, 3_d, down) == -0.666666666666666666_d);
    CHECK(divide(2_d, -3_d, up) == -0.666666666666666667_d);
    CHECK(divide(-6_d, -3_d, up) == 2_d);
}

TEST_CASE("multiply_divide rounds once, at the end") {
    CHECK(multiply_divide(1_d, 3_d, 3_d, down) == 1_d);
    CHECK(multiply_divide(10_d, 10_d, 3_d, down) == 33.333333333333333333_d);
    CHECK(multiply_divide(10_d, 10_d, 3_d, up) == 33.333333333333333334_d);
}

TEST_CASE("a product may need 256 bits before it is divided") {
    CHECK(multiply_divide(largest, largest, largest, up) == largest);
    CHECK(multiply_divide(smallest, largest, largest, down) == smallest);
    CHECK(multiply(largest, 1_d, up) == largest);
    CHECK(multiply(10000000000_d, 10000000000_d, down) == 100000000000000000000_d);
    CHECK(divide(largest, 2_d, up).text() == "85070591730234615865.843651857942052864");
    CHECK(multiply_divide(100000000000000000000_d, 30_d, 20_d, down) == 150000000000000000000_d);
}

TEST_CASE("a product or quotient beyond the range is an error") {
    check_out_of_range([] { return multiply(largest, 1.000000000000000001_d, down); });
    check_out_of_range([] { return multiply(largest, largest, down); });
    check_out_of_range([] { return divide(largest, unit, down); });
    check_out_of_range([] { return multiply_divide(largest, largest, 20_d, down); });
    check_out_of_range([] { return multiply_divide(largest, 2_d, 2_d - unit, down); });
}

TEST_CASE("a quotient of just under 2^128 units does not wrap to zero by rounding up") {
    const auto left = Decimal::parse_scaled("113427455640312821041030746836943249444");
    check_out_of_range([&] { return multiply(left, 3.000000000000000003_d, up); });
    const auto right = Decimal::parse_scaled("36893488147419103241");
    const auto divisor = Decimal::parse_scaled("18446744073709551619");
    const auto large = Decimal::parse_scaled("170141183460469231717852245660601942019");
    check_out_of_range([&] { return multiply_divide(large, right, divisor, up); });
}

TEST_CASE("dividing by zero is an error") {
    CHECK_THROWS_MATCHES(divide(1_d, 0_d, down), DecimalError, Message("division by zero"));
    CHECK_THROWS_MATCHES(multiply_divide(0_d, 0_d, 0_d, up), DecimalError, Message("division by zero"));
}

TEST_CASE("a price is on the tick or it is not") {
    CHECK((2000.05_d).is_multiple_of(0.05_d));
    CHECK((-2000.05_d).is_multiple_of(0.05_d));
    CHECK((0_d).is_multiple_of(0.05_d));
    CHECK_FALSE((2000.049999999999999999_d).is_multiple_of(0.05_d));
    CHECK_FALSE((1_d).is_multiple_of(0_d));
    CHECK_FALSE((1_d).is_multiple_of(-1_d));
}

TEST_CASE("an amount is brought to the step below or above") {
    CHECK(floor_to(2000.07_d, 0.05_d) == 2000.05_d);
    CHECK(ceil_to(2000.07_d, 0.05_d) == 2000.1_d);
    CHECK(floor_to(2000.05_d, 0.05_d) == 2000.05_d);
    CHECK(ceil_to(2000.05_d, 0.05_d) == 2000.05_d);
    CHECK(floor_to(unit, 1_d) == 0_d);
    CHECK(ceil_to(unit, 1_d) == 1_d);
    check_out_of_range([] { return ceil_to(largest, 1_d); });
}

TEST_CASE("a number of JSON may have an exponent, and is taken exactly") {
    for (const auto& [number, text] : {std::pair{"1e-05", "0.00001"},
                                       {"1e-18", "0.000000000000000001"},
                                       {"1.5E+3", "1500"},
                                       {"-2.50e1", "-25"},
                                       {"100000e-5", "1"},
                                       {"0.000001e6", "1"},
                                       {"12e0", "12"},
                                       {"0e-30", "0"},
                                       {"1e20", "100000000000000000000"},
                                       {"0.1", "0.1"}}) {
        INFO(number);
        CHECK(Decimal::parse_json(number).text() == text);
    }
    for (const auto* number : {"1e-19", "1.5e-18", "1e21", "1e999999999999", "1e-65", "1e", "1e1.5", "xe5"}) {
        INFO(number);
        CHECK_THROWS_AS(Decimal::parse_json(number), DecimalError);
    }
}

} // namespace omen::decimal_test
