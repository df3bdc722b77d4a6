#pragma once

#include "cli/output/row.hpp"
#include "cli/output/table.hpp"

#include <string>

namespace omen {

/// Appends a line of CSV as RFC 4180 has it: comma, double quotes where needed, CRLF.
void append_csv_heading(std::string& out, Columns columns);
void append_csv_row(std::string& out, Columns columns, const Row& row);

} // namespace omen
