#include "core/decimal.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

namespace omen {

namespace {

using Units = Decimal::Units;
__extension__ using Magnitude = unsigned __int128;

constexpr Magnitude max_magnitude = ~Magnitude{0} >> 1;
/// The range is symmetric: the one value below -largest_units that __int128 also has is out of it.
constexpr Units largest_units = static_cast<Units>(max_magnitude);

constexpr std::array<std::uint64_t, 19> powers_of_ten = [] {
    std::array<std::uint64_t, 19> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

[[noreturn]] void out_of_range() {
    throw DecimalError("out of range (at most about 1.7e20)");
}

constexpr Magnitude magnitude(Units units) {
    return units < 0 ? ~static_cast<Magnitude>(units) + 1 : static_cast<Magnitude>(units);
}

Units with_sign(Magnitude value, bool negative) {
    if (value > max_magnitude) out_of_range();
    return negative ? -static_cast<Units>(value) : static_cast<Units>(value);
}

// Eight digits are read and written at once, as the bytes of one word, the first digit in the lowest.
static_assert(std::endian::native == std::endian::little);
constexpr std::uint64_t eight_zeros = 0x3030303030303030;
constexpr std::uint64_t ten_to_8 = 100'000'000;

std::uint64_t load_eight(const char* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

constexpr bool all_digits(std::uint64_t word) {
    const auto digits = word ^ eight_zeros;
    return ((digits | (digits + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) == 0;
}

/// The number that eight digits make: first neighbours, then pairs, then the two halves are put together.
constexpr std::uint64_t value_of_eight(std::uint64_t word) {
    word -= eight_zeros;
    word = word * 10 + (word >> 8);
    return (
        ((word & 0x000000ff000000ff) * 0x000f424000000064 + ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
        32);
}

/// The eight digits of a number below 10^8, leading zeros included.
constexpr std::uint64_t eight_digits_of(std::uint64_t value) {
    const auto halves = value / 10'000 | value % 10'000 << 32;
    const auto hundreds = (halves * 10'486 >> 20) & 0x0000007f0000007f;
    const auto pairs = hundreds | (halves - 100 * hundreds) << 16;
    const auto tens = (pairs * 103 >> 10) & 0x000f000f000f000f;
    return (tens | (pairs - 10 * tens) << 8) + eight_zeros;
}

char* write_eight(char* at, std::uint64_t value) {
    const auto digits = eight_digits_of(value);
    std::memcpy(at, &digits, sizeof digits);
    return at + sizeof digits;
}

/// As many digits as can't leave the range of a Magnitude.
constexpr std::size_t safe_digits = 38;

/// 8 to 38 digits to their value; false when a character is no digit.
bool accumulate_quickly(std::string_view digits, Magnitude& value) {
    // The first word has the one to eight digits that are over, filled up with zeros in front of them.
    const auto first = (digits.size() - 1) % 8 + 1;
    const auto filled = 8 * (8 - first);
    auto word = load_eight(digits.data());
    if (filled != 0) word = word << filled | eight_zeros >> (64 - filled);
    bool valid = all_digits(word);
    auto low = value_of_eight(word);
    auto at = first;
    // Two words fit into 64 bits; the amounts of most markets have three.
    const auto next = [&] {
        word = load_eight(digits.data() + at);
        valid &= all_digits(word);
        at += 8;
        return value_of_eight(word);
    };
    if (at < digits.size()) low = low * ten_to_8 + next();
    value = low;
    while (at < digits.size()) value = value * ten_to_8 + next();
    return valid;
}

/// Digits behind those that `value` has already; false when a character is no digit. Too large a value is an error.
bool accumulate(std::string_view digits, Magnitude& value) {
    if (value == 0 && digits.size() >= 8 && digits.size() <= safe_digits) return accumulate_quickly(digits, value);
    for (const char c : digits) {
        if (c < '0' || c > '9') return false;
        Magnitude next = 0;
        if (__builtin_mul_overflow(value, Magnitude{10}, &next) ||
            __builtin_add_overflow(next, static_cast<Magnitude>(c - '0'), &next))
            out_of_range();
        value = next;
    }
    return true;
}

/// A count of units as what stands before and behind the point.
struct Parts {
    Magnitude whole;
    std::uint64_t fraction;
};

Parts parts_of(Magnitude value) {
    // 10^18 is 2^18 × 5^18: the usual amount, below 4.8 million, needs a division of 64 bits only.
    constexpr int twos = 18;
    constexpr std::uint64_t fives = 3'814'697'265'625;
    if (value >> (64 + twos) != 0) {
        constexpr auto one = static_cast<Magnitude>(Decimal::one);
        return {value / one, static_cast<std::uint64_t>(value % one)};
    }
    const auto high = static_cast<std::uint64_t>(value >> twos);
    const auto low = static_cast<std::uint64_t>(value) & ((1U << twos) - 1);
    return {high / fives, (high % fives) << twos | low};
}

/// Exactly 18 digits.
char* write_fraction(char* at, std::uint64_t fraction) {
    at = write_eight(at, fraction / (100 * ten_to_8));
    at = write_eight(at, fraction / 100 % ten_to_8);
    *at++ = static_cast<char>('0' + fraction / 10 % 10);
    *at++ = static_cast<char>('0' + fraction % 10);
    return at;
}

/// A fraction that is not 0, without the zeros at its end.
char* write_trimmed(char* at, std::uint64_t fraction) {
    const auto rest = fraction % (100 * ten_to_8);
    if (rest == 0) {
        const auto digits = eight_digits_of(fraction / (100 * ten_to_8));
        std::memcpy(at, &digits, sizeof digits);
        return at + sizeof digits - std::countl_zero(digits ^ eight_zeros) / 8;
    }
    at = write_fraction(at, fraction);
    while (at[-1] == '0') --at;
    return at;
}

char* write_digits(char* at, Magnitude value) {
    if (value < ten_to_8) {
        const auto digits = eight_digits_of(static_cast<std::uint64_t>(value));
        // The last digit stays, whatever it is.
        const auto leading = std::countr_zero((digits ^ eight_zeros) | 1ULL << 56) / 8;
        const auto kept = digits >> (8 * leading);
        std::memcpy(at, &kept, sizeof kept);
        return at + sizeof kept - leading;
    }
    if (value <= UINT64_MAX) return std::to_chars(at, at + 20, static_cast<std::uint64_t>(value)).ptr;
    const auto [whole, fraction] = parts_of(value);
    return write_fraction(write_digits(at, whole), fraction);
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
        remainder = part % divisor;
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

Units multiply_divide_units(Units a, Units b, Units divisor, Rounding rounding) {
    if (divisor == 0) throw DecimalError("division by zero");
    const bool negative = ((a < 0) != (b < 0)) != (divisor < 0);
    const Magnitude by = magnitude(divisor);
    Quotient result;
    Magnitude narrow = 0;
    if (!__builtin_mul_overflow(magnitude(a), magnitude(b), &narrow))
        result = {narrow / by, narrow % by == 0};
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
    const auto digits = text.substr(negative ? 1 : 0);
    Magnitude value = 0;
    if (digits.empty() || !accumulate(digits, value)) throw DecimalError("not a decimal integer");
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
    if (!accumulate(whole_part, value)) throw DecimalError("not a decimal number");
    while (fraction.size() > places && fraction.ends_with('0')) fraction.remove_suffix(1);
    const bool too_fine = fraction.size() > places;
    if (!accumulate(fraction.substr(0, places), value)) throw DecimalError("not a decimal number");
    if (too_fine) throw DecimalError("more than 18 decimal places");
    Magnitude units = 0;
    if (__builtin_mul_overflow(value, Magnitude{powers_of_ten[places - fraction.size()]}, &units)) out_of_range();
    return from_units(with_sign(units, negative));
}

bool Decimal::is_multiple_of(Decimal step) const {
    return step.is_positive() && units_ % step.units_ == 0;
}

char* Decimal::write_text(char* at) const {
    if (is_negative()) *at++ = '-';
    const auto [whole, fraction] = parts_of(magnitude(units_));
    at = write_digits(at, whole);
    if (fraction == 0) return at;
    *at++ = '.';
    return write_trimmed(at, fraction);
}

char* Decimal::write_scaled(char* at, int decimals) const {
    Magnitude value = magnitude(units_);
    if (decimals != places) {
        const auto step = static_cast<Magnitude>(powers_of_ten[static_cast<std::size_t>(places - decimals)]);
        if (value % step != 0) throw DecimalError("finer than the field's scale");
        value /= step;
    }
    if (is_negative()) *at++ = '-';
    return write_digits(at, value);
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
