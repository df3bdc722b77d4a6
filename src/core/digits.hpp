#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Digits to numbers and back: what Decimal and the wire's amounts are made with.
namespace omen::digits {

__extension__ using Magnitude = unsigned __int128;

/// The error of a number that is too large.
[[noreturn]] void out_of_range();

/// Appends digits to those that `value` has already; false when a character is no digit. Too large a value is a
/// DecimalError.
bool accumulate(std::string_view digits, Magnitude& value);

/// Eight digits are read and written at once, as the bytes of one word, the first digit in the lowest.
inline constexpr std::uint64_t eight_zeros = 0x3030303030303030;
inline constexpr std::uint64_t ten_to_8 = 100'000'000;
static_assert(std::endian::native == std::endian::little);

/// Not 0 when one of eight characters less '0' is no digit's value.
constexpr std::uint64_t not_digits(std::uint64_t values) {
    return (values | (values + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0;
}

/// The number that the values of eight digits make: first neighbours, then pairs, then the two halves are put together.
constexpr std::uint64_t number_of(std::uint64_t values) {
    values = values * 10 + (values >> 8);
    return ((values & 0x000000ff000000ff) * 0x000f424000000064 +
            ((values >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
           32;
}

/// The values of the eight characters at a place, were they digits.
inline std::uint64_t load_eight(const char* from) {
    std::uint64_t characters = 0;
    std::memcpy(&characters, from, sizeof characters);
    return characters ^ eight_zeros;
}

/// The most digits that a window has: enough for any amount below 10^6 at 18 decimals.
inline constexpr std::size_t window = 24;

/// For each count of digits, which bytes of a window's words they are.
inline constexpr auto window_masks = [] {
    std::array<std::array<std::uint64_t, window / 8>, window + 1> masks{};
    for (std::size_t count = 0; count <= window; ++count)
        for (std::size_t byte = window - count; byte < window; ++byte)
            masks[count][byte / 8] |= std::uint64_t{0xff} << (8 * (byte % 8));
    return masks;
}();

/// What read_window() says of characters that are no digits.
inline constexpr Magnitude no_number = ~Magnitude{0};

/// The value of one to `window` digits that end at `end`, without a branch for how many there are. All of the window
/// must be readable, whatever stands in front of the digits.
inline Magnitude read_window(const char* end, std::size_t count) {
    const auto values = [&](std::size_t word) {
        return load_eight(end - window + 8 * word) & window_masks[count][word];
    };
    const auto first = values(0);
    const auto second = values(1);
    const auto third = values(2);
    if ((not_digits(first) | not_digits(second) | not_digits(third)) != 0) return no_number;
    return static_cast<Magnitude>(number_of(first) * ten_to_8 + number_of(second)) * ten_to_8 + number_of(third);
}

/// The integer's digits; returns their end.
char* write_integer(char* at, Magnitude value);
/// Units of 1e-18 as people write them: no zeros at the end, no point without a fraction.
char* write_decimal(char* at, Magnitude units);

} // namespace omen::digits
