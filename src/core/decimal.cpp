#include "core/decimal.hpp"

#include "core/digits.hpp"
#include "core/integer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace omen {

namespace {

using Units = Decimal::Units;
using digits::Magnitude;
using digits::out_of_range;

constexpr Magnitude max_magnitude = ~Magnitude{0} >> 1;
/// The range is symmetric: the one value below -largest_units that __int128 also has is out of it.
constexpr Units largest_units = static_cast<Units>(max_magnitude);

constexpr std::array<std::uint64_t, 19> powers_of_ten = [] {
    std::array<std::uint64_t, 19> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

constexpr Magnitude magnitude(Units units) {
    return units < 0 ? ~static_cast<Magnitude>(units) + 1 : static_cast<Magnitude>(units);
}

Units with_sign(Magnitude value, bool negative) {
    if (value > max_magnitude) out_of_range();
    return negative ? -static_cast<Units>(value) : static_cast<Units>(value);
}

/// A 256-bit product, least significant limb first.
using Wide = std::array<std::uint64_t, 4>;

Wide multiply_wide(Magnitude a, Magnitude b) {
    const std::array<std::uint64_t, 2> x{static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(a >> 64)};
    const std::array<std::uint64_t, 2> y{static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(b >> 64)};
    Wide result{};
    for (std::size_t i = 0; i < 2; ++i) {
        Magnitude carry = 0;
        for (std::size_t j = 0; j < 2; ++j) {
            carry += static_cast<Magnitude>(x[i]) * y[j] + result[i + j];
            result[i + j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        result[i + 2] = static_cast<std::uint64_t>(carry);
    }
    return result;
}

struct Quotient {
    Magnitude value = 0;
    bool exact = true;
};

/// Schoolbook division by one limb.
Quotient divide_by_limb(const Wide& numerator, std::uint64_t divisor) {
    Magnitude remainder = 0;
    Wide quotient{};
    for (std::size_t i = 4; i-- > 0;) {
        const Magnitude part = (remainder << 64) | numerator[i];
        quotient[i] = static_cast<std::uint64_t>(part / divisor);
        remainder = part - static_cast<Magnitude>(quotient[i]) * divisor;
    }
    if (quotient[3] != 0 || quotient[2] != 0) out_of_range();
    return {(static_cast<Magnitude>(quotient[1]) << 64) | quotient[0], remainder == 0};
}

/// Shift and subtract; only for divisors above 18.4 (2^64 units), which are rare.
Quotient divide_by_bits(const Wide& numerator, Magnitude divisor) {
    Magnitude remainder = 0;
    Magnitude quotient = 0;
    for (std::size_t bit = 256; bit-- > 0;) {
        // The divisor is below 2^127, so the remainder never loses its top bit here.
        remainder = (remainder << 1) | ((numerator[bit / 64] >> (bit % 64)) & 1);
        if (quotient >> 127 != 0) out_of_range();
        quotient <<= 1;
        if (remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    return {quotient, remainder == 0};
}

/// A second division, for the remainder, would cost as much again.
Quotient divide_narrow(Magnitude numerator, Magnitude divisor) {
    const auto quotient = numerator / divisor;
    return {quotient, quotient * divisor == numerator};
}

Units multiply_divide_units(Units a, Units b, Units divisor, Rounding rounding) {
    if (divisor == 0) throw DecimalError("division by zero");
    const bool negative = ((a < 0) != (b < 0)) != (divisor < 0);
    const Magnitude by = magnitude(divisor);
    Quotient result;
    Magnitude narrow = 0;
    if (!__builtin_mul_overflow(magnitude(a), magnitude(b), &narrow))
        result = divide_narrow(narrow, by);
    else if (const Wide wide = multiply_wide(magnitude(a), magnitude(b)); by <= UINT64_MAX)
        result = divide_by_limb(wide, static_cast<std::uint64_t>(by));
    else
        result = divide_by_bits(wide, by);
    if (result.value > max_magnitude) out_of_range(); // before ++, which could wrap
    if (!result.exact && rounding == Rounding::away_from_zero) ++result.value;
    return with_sign(result.value, negative);
}

} // namespace

Decimal Decimal::parse_scaled(std::string_view text, int decimals) {
    const bool negative = text.starts_with('-');
    const auto integer = text.substr(negative ? 1 : 0);
    Magnitude value = 0;
    if (integer.empty() || !digits::accumulate(integer, value)) throw DecimalError("not a decimal integer");
    const auto scale = powers_of_ten[static_cast<std::size_t>(places - decimals)];
    if (scale != 1 && __builtin_mul_overflow(value, Magnitude{scale}, &value)) out_of_range();
    return from_units(with_sign(value, negative));
}

Decimal Decimal::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto unsigned_text = text.substr(negative ? 1 : 0);
    const auto point = unsigned_text.find('.');
    const auto whole_part = unsigned_text.substr(0, point);
    auto fraction = point == std::string_view::npos ? std::string_view{} : unsigned_text.substr(point + 1);
    if (whole_part.empty() && fraction.empty()) throw DecimalError("not a decimal number");
    Magnitude value = 0;
    if (!digits::accumulate(whole_part, value)) throw DecimalError("not a decimal number");
    while (fraction.size() > places && fraction.ends_with('0')) fraction.remove_suffix(1);
    const bool too_fine = fraction.size() > places;
    if (!digits::accumulate(fraction.substr(0, places), value)) throw DecimalError("not a decimal number");
    if (too_fine) throw DecimalError("more than 18 decimal places");
    Magnitude units = 0;
    if (__builtin_mul_overflow(value, Magnitude{powers_of_ten[places - fraction.size()]}, &units)) out_of_range();
    return from_units(with_sign(units, negative));
}

Decimal Decimal::parse_json(std::string_view number) {
    const auto mark = number.find_first_of("eE");
    if (mark == std::string_view::npos) return parse(number);
    auto exponent_text = number.substr(mark + 1);
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    const auto exponent = parse_integer<int>(exponent_text);
    constexpr int farthest = 64; // no amount has so many digits before or behind its point
    if (!exponent || *exponent < -farthest || *exponent > farthest) out_of_range();
    const bool negative = number.starts_with('-');
    std::string digits(number.substr(negative ? 1 : 0, mark - (negative ? 1 : 0)));
    const auto written = std::min(digits.find('.'), digits.size());
    if (written < digits.size()) digits.erase(written, 1);
    // The digits with so many zeros on either side that the point moves within them.
    digits = std::string(farthest, '0') + digits + std::string(farthest, '0');
    digits.insert(written + static_cast<std::size_t>(farthest + *exponent), 1, '.');
    digits.erase(0, digits.find_first_not_of('0'));
    return parse((negative ? "-" : "") + digits);
}

bool Decimal::is_multiple_of(Decimal step) const {
    return step.is_positive() && units_ % step.units_ == 0;
}

char* Decimal::write_text(char* at) const {
    if (is_negative()) *at++ = '-';
    return digits::write_decimal(at, magnitude(units_));
}

char* Decimal::write_scaled(char* at, int decimals) const {
    Magnitude value = magnitude(units_);
    if (decimals != places) {
        const auto step = static_cast<Magnitude>(powers_of_ten[static_cast<std::size_t>(places - decimals)]);
        if (value % step != 0) throw DecimalError("finer than the field's scale");
        value /= step;
    }
    if (is_negative()) *at++ = '-';
    return digits::write_integer(at, value);
}

void Decimal::append_text(std::string& out) const {
    std::array<char, text_room> text;
    out.append(text.data(), write_text(text.data()));
}

void Decimal::append_scaled(std::string& out, int decimals) const {
    std::array<char, text_room> text;
    out.append(text.data(), write_scaled(text.data(), decimals));
}

std::string Decimal::text() const {
    std::string out;
    append_text(out);
    return out;
}

std::string Decimal::scaled(int decimals) const {
    std::string out;
    append_scaled(out, decimals);
    return out;
}

Decimal Decimal::operator-() const {
    return Decimal{} - *this;
}

Decimal operator+(Decimal left, Decimal right) {
    Units sum = 0;
    if (__builtin_add_overflow(left.units_, right.units_, &sum) || sum < -largest_units) out_of_range();
    return Decimal::from_units(sum);
}

Decimal operator-(Decimal left, Decimal right) {
    Units difference = 0;
    if (__builtin_sub_overflow(left.units_, right.units_, &difference) || difference < -largest_units) out_of_range();
    return Decimal::from_units(difference);
}

Decimal multiply(Decimal left, Decimal right, Rounding rounding) {
    return Decimal::from_units(multiply_divide_units(left.units_, right.units_, Decimal::one, rounding));
}

Decimal divide(Decimal left, Decimal right, Rounding rounding) {
    return Decimal::from_units(multiply_divide_units(left.units_, Decimal::one, right.units_, rounding));
}

Decimal multiply_divide(Decimal left, Decimal right, Decimal divisor, Rounding rounding) {
    return Decimal::from_units(multiply_divide_units(left.units_, right.units_, divisor.units_, rounding));
}

Decimal floor_to(Decimal amount, Decimal step) {
    return Decimal::from_units(amount.units_ - amount.units_ % step.units_);
}

Decimal ceil_to(Decimal amount, Decimal step) {
    const auto below = floor_to(amount, step);
    return below == amount ? amount : below + step;
}

} // namespace omen
