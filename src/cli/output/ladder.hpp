#pragma once

#include "cli/output/views.hpp"

#include <string>

namespace omen {

struct LadderStyle {
    bool scaled = false; ///< as for --raw
    bool header = true;
    bool colour = false;
    std::size_t width = 0; ///< of the terminal; 0 where there is none. With it, bars show the depth.
};

/// A book as a price ladder: asks from the worst down to the best, then bids from the best down, each level with the
/// size accumulated from the touch; above them sequence, spread and mid.
std::string ladder(const BookView& book, LadderStyle style);

} // namespace omen
