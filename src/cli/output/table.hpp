#pragma once

#include "cli/output/row.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// Which fields a table shows, in order of importance: where the terminal is too narrow, the last ones go first.
using Columns = std::span<const std::string_view>;

struct TableStyle {
    bool header = true;
    std::size_t width = 0; ///< of the terminal; 0: as wide as need be
    bool colour = false;
};

/// Appends a table: a heading line (the field names in capitals), then a line a row; numbers are aligned on the decimal
/// point. No value is ever cut short: columns that do not fit are left out, and returned.
std::vector<std::string_view> append_table(std::string& out, Columns columns, const std::vector<Row>& rows,
                                           TableStyle style = {});

/// Appends one record as lines of "name  value".
void append_fields(std::string& out, const Row& row);

/// A table whose rows come one at a time: its columns are as wide as the heading and the first row want them, and only
/// ever grow.
class GrowingTable {
  public:
    GrowingTable(Columns columns, bool header)
        : columns_(columns.begin(), columns.end()), widths_(columns.size()), header_due_(header) {}

    /// Appends a row, before the first one the heading.
    void append(std::string& out, const Row& row);

  private:
    void append_heading(std::string& out);

    std::vector<std::string_view> columns_;
    std::vector<std::size_t> widths_;
    bool header_due_;
};

/// The cell of this name; null when the row has none.
const Cell* find_cell(const Row& row, std::string_view name);

} // namespace omen
