// Decimals: what was parsed is printed and parsed again as the same amount; the arithmetic is exact or an error.

#include "core/decimal.hpp"

#include "fuzz/check.hpp"

#include <optional>

using namespace omen;

namespace {

template <class Parse> std::optional<Decimal> parsed(Parse parse, std::string_view text) {
    try {
        return parse(text);
    } catch (const DecimalError&) {
        return std::nullopt;
    }
}

void check_arithmetic(Decimal left, Decimal right) {
    try {
        fuzz::check(left + right - right == left, "+ and − are each other's inverse");
        const auto product = multiply(left, right, Rounding::toward_zero);
        fuzz::check(product.abs() <= multiply(left, right, Rounding::away_from_zero).abs(), "rounding of ×");
        if (right.is_zero()) return;
        fuzz::check(multiply_divide(left, right, right, Rounding::toward_zero) == left,
                    "× and ÷ are each other's inverse");
        const auto quotient = divide(left, right, Rounding::toward_zero);
        fuzz::check(multiply(quotient, right, Rounding::toward_zero).abs() <= left.abs(), "÷ toward zero");
        if (left.is_negative() || !right.is_positive()) return;
        const auto below = floor_to(left, right);
        fuzz::check(below <= left && below.is_multiple_of(right) && left - below < right, "floor_to");
        fuzz::check(ceil_to(left, right) >= left, "ceil_to");
    } catch (const DecimalError&) {
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const auto space = text.find(' ');
    const auto first = text.substr(0, space);
    const auto left = parsed([](std::string_view from) { return Decimal::parse(from); }, first);
    if (left) fuzz::check(Decimal::parse(left->text()) == *left, "text");
    const auto scaled = parsed([](std::string_view from) { return Decimal::parse_scaled(from); }, first);
    if (scaled) {
        fuzz::check(Decimal::parse_scaled(scaled->scaled()) == *scaled, "scaled");
        fuzz::check(Decimal::parse(scaled->text()) == *scaled, "text of a scaled one");
    }
    if (!left || space == std::string_view::npos) return 0;
    const auto right = parsed([](std::string_view from) { return Decimal::parse(from); }, text.substr(space + 1));
    if (right) check_arithmetic(*left, *right);
    return 0;
}
