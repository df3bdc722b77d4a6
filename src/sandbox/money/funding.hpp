#pragma once

#include "core/decimal.hpp"
#include "core/time.hpp"

#include <cstdint>

namespace omen::sandbox {

/// One market's funding rate: the premium of its mark price over its index price, averaged over time since the funding
/// interval began.
class FundingRate {
  public:
    /// The rate is at most this, and at least its negative: 0.75 %.
    static constexpr Decimal limit = Decimal::from_units(Decimal::one * 75 / 10'000);

    /// These prices (positive) stood for so long. The premium is (mark − index) ÷ index, and counts at most ±1.
    void add(Decimal mark, Decimal index, Milliseconds held);
    /// The rate as it is now, a fraction cut to ten places; 0 as long as nothing was added.
    Decimal value() const;

  private:
    Decimal sum_; ///< Σ premium × milliseconds
    std::int64_t ms_ = 0;
};

/// What a position (negative: short) receives at the end of an interval: size × mark × rate. Negative: it pays. Longs
/// pay when the rate is positive. Rounded against the wallet at 1e-18.
Decimal funding_payment(Decimal size, Decimal mark, Decimal rate);

/// Intervals end at whole multiples of their length since the epoch: the first end after a moment.
Timestamp next_funding_after(Timestamp moment, Milliseconds interval);

} // namespace omen::sandbox
