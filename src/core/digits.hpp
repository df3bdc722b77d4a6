#pragma once

#include <string_view>

/// Digits to numbers and back, eight at a time. For decimal.cpp only.
namespace omen::digits {

__extension__ using Magnitude = unsigned __int128;

/// The error of a number that is too large.
[[noreturn]] void out_of_range();

/// Appends digits to those that `value` has already; false when a character is no digit. Too large a value is a
/// DecimalError.
bool accumulate(std::string_view digits, Magnitude& value);

/// The integer's digits; returns their end.
char* write_integer(char* at, Magnitude value);
/// Units of 1e-18 as people write them: no zeros at the end, no point without a fraction.
char* write_decimal(char* at, Magnitude units);

} // namespace omen::digits
