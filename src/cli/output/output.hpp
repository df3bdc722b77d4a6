#pragma once

#include "cli/output/row.hpp"
#include "cli/output/screen.hpp"
#include "cli/output/table.hpp"
#include "core/output_format.hpp"
#include "protocol/wire/json.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// How a command's results are printed.
struct OutputStyle {
    Format format = Format::table;
    bool scaled = false;               ///< --raw: amounts as integers scaled by 1e18
    std::vector<std::string> fields{}; ///< which fields, in this order; empty: all (of a table: its columns)
    bool header = true;
    bool colour = false;
    std::size_t width = 0; ///< of the terminal; 0 where stdout is none
};

/// Output could not be written. `closed`: its reader has gone (EPIPE), which ends a read silently.
struct OutputFailed {
    bool closed;
    std::string reason; ///< "stdout: why"
};

/// What a command prints on stdout, in the format that the user chose. JSON and CSV are made from the whole record,
/// never from the table's columns. Nothing is written before flush(), or 60 KB of a stream.
class Output {
  public:
    /// Throws OutputFailed where the descriptor is not open for writing: better now than after something was sent.
    explicit Output(OutputStyle style, int descriptor = 1, std::string name = "stdout");

    int descriptor() const { return fd_; }

    const OutputStyle& style() const { return style_; }
    bool is_table() const { return style_.format == Format::table; }
    bool is_csv() const { return style_.format == Format::csv; }

    /// A list of records: a table of these columns, one JSON array, one object a line, or CSV.
    template <wire::Declared T> void list(const std::vector<T>& records, Columns columns) {
        check_fields(field_names<T>());
        if (style_.format == Format::json) {
            wire::JsonWriter writer(buffer_, {.scaled = style_.scaled, .indented = true});
            writer.array();
            for (const auto& record : records) write(writer, record);
            writer.end_array();
            buffer_ += '\n';
        } else if (style_.format == Format::ndjson) {
            for (const auto& record : records) json_line(record);
        } else {
            rows(rows_of(records), chosen(is_table() ? columns : Columns(field_names<T>())));
        }
    }

    /// One record: a line a field, one JSON object, or CSV.
    template <wire::Declared T> void one(const T& record) {
        check_fields(field_names<T>());
        if (style_.format == Format::json) {
            wire::JsonWriter writer(buffer_, {.scaled = style_.scaled, .indented = true});
            write(writer, record);
            buffer_ += '\n';
        } else if (style_.format == Format::ndjson) {
            json_line(record);
        } else if (is_csv()) {
            rows({row_of(record, row_style())}, chosen(field_names<T>()));
        } else {
            fields(row_of(record, row_style()));
        }
    }

    /// Begins a stream; in tables and CSV all its lines have these columns.
    void begin_stream(Columns columns);
    /// One line of a stream: a row, or one JSON object under json and ndjson alike.
    template <wire::Declared T> void line(const T& record) {
        if (is_json(style_.format))
            json_line(record);
        else
            stream_row(row_of(record, row_style()));
        if (buffer_.size() >= flush_at) flush();
    }

    /// Ready-made lines, for tables that are no list.
    void text(std::string_view lines) { buffer_ += lines; }

    /// Turns what was printed since the last flush() into a frame of a screen.
    void frame(const Screen& screen);

    /// Writes everything out. Throws OutputFailed, once: what could not be written is dropped, and all that is printed
    /// behind it.
    void flush();
    /// What is to be done after each flush(), when all that was printed so far has been written out.
    void after_flush(std::function<void()> act) { after_flush_ = std::move(act); }

  private:
    static constexpr std::size_t flush_at = 60'000;

    RowStyle row_style() const { return {.scaled = style_.scaled, .epoch_times = is_csv()}; }

    template <wire::Declared T> std::vector<Row> rows_of(const std::vector<T>& records) const {
        std::vector<Row> rows;
        for (const auto& record : records) rows.push_back(row_of(record, row_style()));
        return rows;
    }

    template <wire::Declared T> void write(wire::JsonWriter& writer, const T& record) const {
        if (style_.fields.empty()) return wire::write_fields<wire::Layout::map>(writer, record);
        writer.map();
        for (const auto& name : style_.fields) {
            if (wire::declaration_of<T>.tagged && name == "type") {
                writer.key("type");
                writer.text(wire::declaration_of<T>.name);
            }
            wire::for_each_field<T>([&](const auto& field) {
                if (field.name != name || wire::is_absent(record.*field.member)) return;
                writer.key(field.name);
                wire::write_value<wire::Layout::map>(writer, record.*field.member, field.decimals);
            });
        }
        writer.end_map();
    }

    template <wire::Declared T> void json_line(const T& record) {
        wire::JsonWriter writer(buffer_, {.scaled = style_.scaled, .texts = texts_.get()});
        write(writer, record);
        buffer_ += '\n';
    }

    /// A usage Error when --fields names one that these records do not have.
    void check_fields(const std::vector<std::string_view>& names) const;
    std::vector<std::string_view> chosen(Columns otherwise) const;
    void rows(const std::vector<Row>& rows, const std::vector<std::string_view>& columns);
    void fields(const Row& row);
    void stream_row(const Row& row);
    [[noreturn]] void fail(int error);

    OutputStyle style_;
    int fd_;
    std::string name_; ///< of what is written to
    std::string buffer_;
    std::unique_ptr<DecimalTexts> texts_; ///< of a stream
    std::vector<std::string_view> stream_columns_;
    std::optional<GrowingTable> stream_table_;
    std::function<void()> after_flush_{};
    bool failed_ = false;
};

} // namespace omen
