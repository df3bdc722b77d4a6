#pragma once

#include "protocol/rest.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace omen {

struct ChartStyle {
    std::size_t width = 80; ///< columns in all; the newest candles that fit are shown
    std::size_t height = 16;
    bool colour = false;
};

/// Draws candles as text, a column each, with the price scale on the left: the body is solid where the price fell and
/// hollow where it rose.
std::string chart(const std::vector<rest::CandleResponse>& candles, ChartStyle style);

} // namespace omen
