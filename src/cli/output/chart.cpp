#include "cli/output/chart.hpp"

#include <algorithm>
#include <string_view>

namespace omen {

namespace {

constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view plain = "\x1b[0m";
constexpr std::string_view blank = " ";

/// Maps prices to rows, 0 at the bottom.
class Scale {
  public:
    Scale(Decimal low, Decimal high, std::size_t rows) : low_(low), span_(high - low), rows_(rows) {}

    std::size_t row_of(Decimal price) const {
        if (!span_.is_positive()) return 0;
        const auto steps = Decimal::whole(rows_ - 1);
        const auto row = multiply_divide(price - low_, steps, span_, Rounding::toward_zero);
        return static_cast<std::size_t>(row.whole_part());
    }
    /// The price at the bottom of a row, with as many digits as tell the rows apart.
    Decimal price_of(std::size_t row) const {
        const auto steps = Decimal::whole(std::max<std::size_t>(rows_ - 1, 1));
        const auto step = divide(span_, steps, Rounding::toward_zero);
        const auto above = Decimal::whole(row);
        const auto price = low_ + multiply_divide(span_, above, steps, Rounding::toward_zero);
        auto unit = Decimal::whole(1'000'000);
        while (unit > step && unit.units() > 10) unit = Decimal::from_units(unit.units() / 10);
        return floor_to(price, unit);
    }

  private:
    Decimal low_;
    Decimal span_;
    std::size_t rows_;
};

/// What one candle shows in one row.
std::string_view glyph(const rest::CandleResponse& candle, const Scale& scale, std::size_t row) {
    const auto bottom = scale.row_of(std::min(candle.open, candle.close));
    const auto top = scale.row_of(std::max(candle.open, candle.close));
    if (row >= bottom && row <= top) return candle.close < candle.open ? "█" : "▒";
    if (row >= scale.row_of(candle.low) && row <= scale.row_of(candle.high)) return "│";
    return blank;
}

} // namespace

std::string chart(const std::vector<rest::CandleResponse>& candles, ChartStyle style) {
    if (candles.empty()) return "no candles\n";
    constexpr std::size_t axis = 14;
    const auto room = style.width > axis + 1 ? style.width - axis : 1;
    const auto first = candles.size() > room ? candles.end() - static_cast<std::ptrdiff_t>(room) : candles.begin();
    const auto by_low = [](const auto& a, const auto& b) { return a.low < b.low; };
    const auto by_high = [](const auto& a, const auto& b) { return a.high < b.high; };
    const Scale scale(std::min_element(first, candles.end(), by_low)->low,
                      std::max_element(first, candles.end(), by_high)->high, style.height);
    std::string out;
    for (std::size_t row = style.height; row-- > 0;) {
        auto price = scale.price_of(row).text();
        price.insert(0, price.size() < axis - 2 ? axis - 2 - price.size() : 0, ' ');
        out += price + " ┤";
        for (auto candle = first; candle != candles.end(); ++candle) {
            const auto drawn = glyph(*candle, scale, row);
            const bool coloured = style.colour && drawn != blank;
            if (coloured) out += candle->close < candle->open ? red : green;
            out += drawn;
            if (coloured) out += plain;
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    out += std::string(axis, ' ') + first->open_time.rfc3339() + " to " + candles.back().open_time.rfc3339() + "\n";
    return out;
}

} // namespace omen
