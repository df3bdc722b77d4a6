#pragma once

#include "cli/output/row.hpp"
#include "cli/output/style.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

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

/// Tables for people: of a list all rows at once, of a stream one that grows.
class TableRenderer {
  public:
    explicit TableRenderer(const OutputStyle& style) : style_(style) {}

    template <wire::Declared T> void list(std::string& out, const std::vector<T>& records, const TableShape& shape) {
        if (draws(shape)) return draw(out, shape);
        std::vector<Row> rows;
        for (const auto& record : records) rows.push_back(row(record, record));
        table(out, shape.columns, rows);
    }

    template <wire::Declared T, class ToRows>
    void one(std::string& out, const T& record, const ToRows& to_rows, const TableShape& shape) {
        if (draws(shape)) return draw(out, shape);
        std::vector<Row> rows;
        for_each_row(record, to_rows, [&](const auto& one) { rows.push_back(row(one, record)); });
        if (shape.columns.empty())
            append_fields(out, rows.front());
        else
            table(out, shape.columns, rows);
    }

    void begin_stream(std::string& out, Columns columns);
    void begin_watch() {}
    template <wire::Declared T, class ToRows> void line(std::string& out, const T& record, const ToRows& to_rows) {
        for_each_row(record, to_rows, [&](const auto& one) { growing_->append(out, row(one, record)); });
    }

  private:
    bool draws(const TableShape& shape) const { return shape.draw && style_.fields.empty(); }
    void draw(std::string& out, const TableShape& shape) const { out += shape.draw(style_); }
    template <wire::Declared R, wire::Declared T> Row row(const R& row, const T& record) const {
        return row_of(row, record, style_.fields, {.scaled = style_.scaled});
    }
    std::vector<std::string_view> chosen(Columns columns) const;
    void table(std::string& out, Columns columns, const std::vector<Row>& rows) const;

    OutputStyle style_;
    std::optional<GrowingTable> growing_;
};

} // namespace omen
