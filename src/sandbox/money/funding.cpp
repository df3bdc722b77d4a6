#include "sandbox/money/funding.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

/// The rate's last place.
constexpr Decimal rate_step = Decimal::from_units(Decimal::one / 10'000'000'000);

Decimal with_sign_of(Decimal sign, Decimal size) {
    return sign.is_negative() ? -size : size;
}

Decimal premium_of(Decimal mark, Decimal index) {
    const auto gap = mark - index;
    if (gap.abs() >= index) return with_sign_of(gap, Decimal::whole(1));
    return divide(gap, index, Rounding::toward_zero);
}

} // namespace

void FundingRate::add(Decimal mark, Decimal index, Milliseconds held) {
    if (held.count() <= 0) return;
    sum_ += multiply(premium_of(mark, index), Decimal::whole(held.count()), Rounding::toward_zero);
    ms_ += held.count();
}

Decimal FundingRate::value() const {
    if (ms_ == 0) return {};
    const auto average = divide(sum_, Decimal::whole(ms_), Rounding::toward_zero);
    return with_sign_of(average, std::min(floor_to(average.abs(), rate_step), limit));
}

Decimal funding_payment(Decimal size, Decimal mark, Decimal rate) {
    const bool pays = size.is_negative() == rate.is_negative();
    const auto rounding = pays ? Rounding::away_from_zero : Rounding::toward_zero;
    const auto payment = multiply(multiply(mark, size.abs(), rounding), rate.abs(), rounding);
    return pays ? -payment : payment;
}

Timestamp next_funding_after(Timestamp moment, Milliseconds interval) {
    return {(moment.ms / interval.count() + 1) * interval.count()};
}

} // namespace omen::sandbox
