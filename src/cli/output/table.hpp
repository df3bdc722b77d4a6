#pragma once

#include "cli/output/row.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// Which fields a table shows, in order.
using Columns = std::span<const std::string_view>;

/// Appends a table: a heading line (the field names in capitals), then a line a row; numbers are aligned on the decimal
/// point. Nothing is ever cut short.
void append_table(std::string& out, Columns columns, const std::vector<Row>& rows);

/// Appends one record as lines of "name  value".
void append_fields(std::string& out, const Row& row);

/// A table whose rows come one at a time: columns only ever grow wider.
class GrowingTable {
  public:
    /// Appends a row, before the first one the heading.
    void append(std::string& out, Columns columns, const Row& row);

  private:
    std::vector<std::size_t> widths_;
};

} // namespace omen
