#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace omen {

/// A text that is no decimal, or a result beyond the range. `what()` is the bare reason ("not a decimal integer").
class DecimalError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// How a product or quotient that does not end at 18 places is rounded.
enum class Rounding { toward_zero, away_from_zero };

/// An exact amount: a 128-bit count of units of 1e-18. The range is about ±1.7e20; whatever would leave it is a
/// DecimalError, never a wrap or a rounding that was not asked for.
class Decimal {
  public:
    __extension__ using Units = __int128;

    static constexpr int places = 18;
    static constexpr Units one = 1'000'000'000'000'000'000;

    constexpr Decimal() = default;
    static constexpr Decimal from_units(Units units) {
        Decimal result;
        result.units_ = units;
        return result;
    }
    /// A whole number; every 64-bit integer fits.
    template <std::integral Integer> static constexpr Decimal whole(Integer number) {
        return from_units(Units{number} * one);
    }

    /// A scaled integer as the wire has it: "65000500000000000000000" with 18 decimals is 65000.5. An optional minus,
    /// then digits only. `decimals` (0 to 18) is the scale of the field.
    static Decimal parse_scaled(std::string_view text, int decimals = places);
    /// A decimal as people write it: "65000.5", "-0.1", ".5", "12". No exponent, no grouping, no blanks.
    static Decimal parse(std::string_view text);
    /// A number as JSON writes it: as parse(), and with an exponent ("1e-05"), taken exactly.
    static Decimal parse_json(std::string_view number);

    constexpr Units units() const { return units_; }
    /// The amount without its fraction, for an amount that an int64 can hold.
    constexpr std::int64_t whole_part() const { return static_cast<std::int64_t>(units_ / one); }
    constexpr bool is_zero() const { return units_ == 0; }
    constexpr bool is_negative() const { return units_ < 0; }
    constexpr bool is_positive() const { return units_ > 0; }
    Decimal abs() const { return is_negative() ? -*this : *this; }
    /// Whether this is a whole multiple of a positive step (a tick or lot).
    bool is_multiple_of(Decimal step) const;

    /// The decimal as people write it: no trailing zeros, no exponent.
    std::string text() const;
    /// The scaled integer as the wire has it. An amount finer than `decimals` is a DecimalError.
    std::string scaled(int decimals = places) const;
    /// As text() and scaled(), at the end of a buffer.
    void append_text(std::string& out) const;
    void append_scaled(std::string& out, int decimals = places) const;
    /// As text() and scaled(), into `text_room` characters at a place; returns the end of what is written.
    char* write_text(char* at) const;
    char* write_scaled(char* at, int decimals = places) const;
    static constexpr std::size_t text_room = 48;

    constexpr auto operator<=>(const Decimal&) const = default;
    /// So many bits that differ for most amounts.
    template <unsigned bits> constexpr std::size_t hash() const {
        constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
        const auto mixed = static_cast<std::uint64_t>(units_) + static_cast<std::uint64_t>(units_ >> 64) * 31;
        return mixed * golden_ratio >> (64 - bits);
    }

    Decimal operator-() const;
    friend Decimal operator+(Decimal left, Decimal right);
    friend Decimal operator-(Decimal left, Decimal right);
    Decimal& operator+=(Decimal other) { return *this = *this + other; }
    Decimal& operator-=(Decimal other) { return *this = *this - other; }

    /// left × right.
    friend Decimal multiply(Decimal left, Decimal right, Rounding rounding);
    /// left ÷ right; a zero divisor is a DecimalError.
    friend Decimal divide(Decimal left, Decimal right, Rounding rounding);
    /// left × right ÷ divisor with one rounding at the end.
    friend Decimal multiply_divide(Decimal left, Decimal right, Decimal divisor, Rounding rounding);
    /// The largest multiple of a positive step at or below a non-negative amount.
    friend Decimal floor_to(Decimal amount, Decimal step);
    /// The smallest multiple of a positive step at or above a non-negative amount.
    friend Decimal ceil_to(Decimal amount, Decimal step);

  private:
    Units units_ = 0;
};

Decimal multiply(Decimal left, Decimal right, Rounding rounding);
Decimal divide(Decimal left, Decimal right, Rounding rounding);
Decimal multiply_divide(Decimal left, Decimal right, Decimal divisor, Rounding rounding);
Decimal floor_to(Decimal amount, Decimal step);
Decimal ceil_to(Decimal amount, Decimal step);

namespace literals {
/// 65000.5_d; for constants and tests. The literal's own characters are parsed: no binary floating point.
inline Decimal operator""_d(const char* text) {
    return Decimal::parse(text);
}
} // namespace literals

} // namespace omen
