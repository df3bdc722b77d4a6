#include "cli/output/csv.hpp"

#include "cli/output/table.hpp"

namespace omen {

namespace {

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

bool is_number(std::string_view text) {
    try {
        Decimal::parse(text);
        return true;
    } catch (const DecimalError&) {
        return false;
    }
}

/// Whether a spreadsheet would take a text for a formula; a negative number is none.
bool would_run(std::string_view text) {
    if (text.empty()) return false;
    if (text.front() == '-') return !is_number(text);
    return std::string_view("=+@\t\r\n").find(text.front()) != std::string_view::npos;
}

} // namespace

void append_csv_heading(std::string& out, Columns columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ',';
        append_value(out, columns[i]);
    }
    out += '\n';
}

void append_csv_row(std::string& out, Columns columns, const Row& row, bool safe) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ',';
        if (const auto* cell = find_cell(row, columns[i]))
            append_value(out, safe && would_run(cell->text) ? "'" + cell->text : cell->text);
    }
    out += '\n';
}

void CsvRenderer::begin(std::string& out, Columns columns) {
    columns_.assign(columns.begin(), columns.end());
    if (!fields_.empty()) columns_.assign(fields_.begin(), fields_.end());
    if (std::exchange(heading_due_, false)) append_csv_heading(out, columns_);
}

} // namespace omen
