#pragma once

#include "client/settings/setting.hpp"
#include "core/decimal.hpp"

#include <string>
#include <vector>

namespace omen {

/// What a profile lets its orders be. What is not set is not limited.
struct Limits {
    Maybe<Decimal> max_order_notional{};
    Maybe<Decimal> max_order_size{};
    Maybe<std::vector<std::string>> allowed_markets{}; ///< as Markets::find() takes them

    bool any() const { return max_order_notional || max_order_size || allowed_markets; }
};

} // namespace omen
