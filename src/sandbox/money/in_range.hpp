#pragma once

#include "core/decimal.hpp"

#include <optional>

namespace omen::sandbox {

/// An amount, where its computation stays within the range: what can't be said is absent.
template <class Compute> std::optional<Decimal> in_range(Compute compute) {
    try {
        return compute();
    } catch (const DecimalError&) {
        return std::nullopt;
    }
}

} // namespace omen::sandbox
