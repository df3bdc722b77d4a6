#pragma once

#include "cli/output/row.hpp"
#include "cli/output/style.hpp"

#include <string>

namespace omen {

/// Appends a line of CSV as RFC 4180 has it (comma, double quotes where needed), but for its end: LF, so that no
/// carriage return clings to the last column in `while read`.
void append_csv_heading(std::string& out, Columns columns);
/// `safe`: a cell that a spreadsheet would run gets a ' in front.
void append_csv_row(std::string& out, Columns columns, const Row& row, bool safe = false);

/// CSV: rows under one heading.
class CsvRenderer {
  public:
    explicit CsvRenderer(const OutputStyle& style)
        : style_({.scaled = style.scaled, .epoch_times = true}),
          fields_(style.fields),
          heading_due_(style.header),
          safe_(style.csv_safe) {}

    template <wire::Declared T> void list(std::string& out, const std::vector<T>& records, const TableShape&) {
        begin(out, columns_of<T>());
        for (const auto& record : records) line(out, record, std::identity());
    }
    template <wire::Declared T, class ToRows>
    void one(std::string& out, const T& record, const ToRows& to_rows, const TableShape&) {
        begin(out, columns_of<RowOf<T, ToRows>>());
        line(out, record, to_rows);
    }
    void begin_stream(std::string& out, Columns columns) { begin(out, columns); }
    void begin_watch() {}
    template <wire::Declared T, class ToRows> void line(std::string& out, const T& record, const ToRows& to_rows) {
        for_each_row(record, to_rows, [&](const auto& row) {
            append_csv_row(out, columns_, row_of(row, record, fields_, style_), safe_);
        });
    }

  private:
    void begin(std::string& out, Columns columns);

    RowStyle style_;
    FieldNames fields_;
    bool heading_due_;
    bool safe_;
    std::vector<std::string_view> columns_;
};

} // namespace omen
