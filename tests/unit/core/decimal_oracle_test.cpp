#include "core/decimal.hpp"
#include "support/catch.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <optional>
#include <random>

namespace omen::decimal_oracle_test {

namespace {

/// The independent oracle.
using Big = boost::multiprecision::cpp_int;

Big big(Decimal value) {
    const auto units = value.units();
    return (Big(static_cast<std::int64_t>(units >> 64)) << 64) + static_cast<std::uint64_t>(units);
}

const Big big_limit = (Big(1) << 127) - 1;
const Big big_one = 1'000'000'000'000'000'000;

/// What our arithmetic gives; nothing for a DecimalError.
template <class F> std::optional<Big> ours(F&& compute) {
    try {
        return big(compute());
    } catch (const DecimalError&) {
        return std::nullopt;
    }
}

std::optional<Big> in_range(const Big& exact) {
    return abs(exact) <= big_limit ? std::optional(exact) : std::nullopt;
}

std::optional<Big> quotient(const Big& numerator, const Big& divisor, Rounding rounding) {
    if (divisor == 0) return std::nullopt;
    Big result = abs(numerator) / abs(divisor);
    if (rounding == Rounding::away_from_zero && abs(numerator) % abs(divisor) != 0) ++result;
    return in_range((numerator < 0) != (divisor < 0) ? Big(-result) : result);
}

/// Amounts of every magnitude, from one unit to the whole range, of both signs.
Decimal random_amount(std::mt19937_64& random) {
    __extension__ using Wide = unsigned __int128;
    const auto bits = random() % 128;
    const auto digits = ((static_cast<Wide>(random()) << 64) | random()) & ((Wide{1} << bits) - 1);
    const auto amount = Decimal::from_units(static_cast<Decimal::Units>(digits));
    return random() % 2 == 0 ? amount : -amount;
}

std::string oracle_text(const Big& units) {
    const std::string fraction = Big(abs(units) % big_one + big_one).str().substr(1);
    const auto end = fraction.find_last_not_of('0');
    return (units < 0 ? "-" : "") + Big(abs(units) / big_one).str() +
           (end == std::string::npos ? "" : "." + fraction.substr(0, end + 1));
}

} // namespace

TEST_CASE("random amounts print and parse as an independent oracle says") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 10'000; ++i) {
        const auto amount = random_amount(random);
        const auto units = big(amount);
        REQUIRE(amount.scaled() == units.str());
        REQUIRE(Decimal::parse_scaled(units.str()) == amount);
        REQUIRE(amount.text() == oracle_text(units));
        REQUIRE(Decimal::parse(amount.text()) == amount);
    }
}

TEST_CASE("random sums, products and quotients are what an independent oracle says") {
    std::mt19937_64 random(2);
    for (int i = 0; i < 10'000; ++i) {
        const auto a = random_amount(random);
        const auto b = random_amount(random);
        const auto c = random_amount(random);
        CAPTURE(a.text(), b.text(), c.text());
        REQUIRE(ours([&] { return a + b; }) == in_range(big(a) + big(b)));
        REQUIRE(ours([&] { return a - b; }) == in_range(big(a) - big(b)));
        REQUIRE((a < b) == (big(a) < big(b)));
        for (const auto rounding : {Rounding::toward_zero, Rounding::away_from_zero}) {
            REQUIRE(ours([&] { return multiply(a, b, rounding); }) == quotient(big(a) * big(b), big_one, rounding));
            REQUIRE(ours([&] { return divide(a, b, rounding); }) == quotient(big(a) * big_one, big(b), rounding));
            REQUIRE(ours([&] { return multiply_divide(a, b, c, rounding); }) ==
                    quotient(big(a) * big(b), big(c), rounding));
        }
    }
}

TEST_CASE("random amounts are floored and ceiled to what an independent oracle says") {
    std::mt19937_64 random(3);
    for (int i = 0; i < 10'000; ++i) {
        const auto amount = random_amount(random).abs();
        const auto step = std::max(random_amount(random).abs(), Decimal::from_units(1));
        const Big below = big(amount) / big(step) * big(step);
        const Big above = below == big(amount) ? below : Big(below + big(step));
        REQUIRE(big(floor_to(amount, step)) == below);
        REQUIRE(ours([&] { return ceil_to(amount, step); }) == in_range(above));
        REQUIRE(amount.is_multiple_of(step) == (below == big(amount)));
    }
}

} // namespace omen::decimal_oracle_test
