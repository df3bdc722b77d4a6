#pragma once

#include "cli/views.hpp"

#include <string>

namespace omen {

/// A book as a price ladder: asks from the worst down to the best, spread and mid, then bids from the best down, each
/// level with the size accumulated from the touch. `scaled` as for --raw.
std::string ladder(const BookView& book, bool scaled);

} // namespace omen
