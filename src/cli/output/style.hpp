#pragma once

#include "cli/output/fields.hpp"
#include "core/output_format.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// How a command's results are printed.
struct OutputStyle {
    Format format = Format::table;
    bool scaled = false; ///< --raw: amounts as integers scaled by 1e18
    FieldNames fields{}; ///< which fields, in this order; empty: all (of a table: its columns)
    bool header = true;
    bool csv_safe = false; ///< in CSV, what a spreadsheet would run is defused
    bool colour = false;
    std::size_t width = 0; ///< of the terminal; 0 where stdout is none
};

/// Which fields a table shows, in order of importance: where the terminal is too narrow, the last ones go first.
using Columns = std::span<const std::string_view>;

/// How one record stands in a table: as rows of these columns, or as whatever `draw` makes of it where no fields are
/// chosen. Neither: a line a field.
struct TableShape {
    Columns columns{};
    std::function<std::string(const OutputStyle& style)> draw{};
};

} // namespace omen
