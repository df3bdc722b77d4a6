#include "core/digits.hpp"

#include "core/decimal.hpp"

namespace omen::digits {

namespace {

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

} // namespace

void out_of_range() {
    throw DecimalError("out of range (at most about 1.7e20)");
}

bool accumulate(std::string_view digits, Magnitude& value) {
    constexpr auto room_for_eight = ~Magnitude{0} / ten_to_8 - 1;
    for (; digits.size() >= 8 && value < room_for_eight; digits.remove_prefix(8)) {
        const auto values = load_eight(digits.data());
        if (not_digits(values) != 0) return false;
        value = value * ten_to_8 + number_of(values);
    }
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

char* write_integer(char* at, Magnitude value) {
    if (value < ten_to_8) {
        const auto digits = eight_digits_of(static_cast<std::uint64_t>(value));
        // The last digit stays, whatever it is.
        const auto leading = std::countr_zero((digits ^ eight_zeros) | 1ULL << 56) / 8;
        const auto kept = digits >> (8 * leading);
        std::memcpy(at, &kept, sizeof kept);
        return at + sizeof kept - leading;
    }
    if (value <= UINT64_MAX) {
        const auto number = static_cast<std::uint64_t>(value);
        return write_eight(write_integer(at, number / ten_to_8), number % ten_to_8);
    }
    const auto [whole, fraction] = parts_of(value);
    return write_fraction(write_integer(at, whole), fraction);
}

char* write_decimal(char* at, Magnitude units) {
    const auto [whole, fraction] = parts_of(units);
    at = write_integer(at, whole);
    if (fraction == 0) return at;
    *at++ = '.';
    return write_trimmed(at, fraction);
}

} // namespace omen::digits
