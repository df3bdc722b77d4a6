#include "cli/output/csv.hpp"

namespace omen {

namespace {

constexpr std::string_view line_end = "\r\n";

void append_value(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

} // namespace

void append_csv_heading(std::string& out, Columns columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ',';
        append_value(out, columns[i]);
    }
    out += line_end;
}

void append_csv_row(std::string& out, Columns columns, const Row& row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ',';
        if (const auto* cell = find_cell(row, columns[i])) append_value(out, cell->text);
    }
    out += line_end;
}

} // namespace omen
