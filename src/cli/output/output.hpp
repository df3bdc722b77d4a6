#pragma once

#include "cli/output/row.hpp"
#include "cli/output/table.hpp"
#include "protocol/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace omen {

enum class Format { table, json, ndjson };
template <> inline constexpr auto enum_names<Format> = Names<3>{"table", "json", "ndjson"};

/// stdout could not be written. `closed`: its reader has gone (EPIPE), which ends a read silently.
struct OutputFailed {
    bool closed;
    std::string reason;
};

/// What a command prints on stdout, in the format that the user chose. JSON is made from the whole record, never from
/// the table's columns. Nothing is written before flush(), or 60 KB.
class Output {
  public:
    Output(Format format, bool scaled, int descriptor = 1) : format_(format), scaled_(scaled), fd_(descriptor) {}

    Format format() const { return format_; }
    bool is_table() const { return format_ == Format::table; }
    bool scaled() const { return scaled_; }

    /// A list of records: a table of these columns, one JSON array, or one object a line.
    template <wire::Declared T> void list(const std::vector<T>& records, Columns columns) {
        if (is_table()) {
            std::vector<Row> rows;
            for (const auto& record : records) rows.push_back(row_of(record, scaled_));
            append_table(buffer_, columns, rows);
        } else if (format_ == Format::json) {
            wire::JsonWriter writer(buffer_, {.scaled = scaled_, .indented = true});
            wire::write_value<wire::Layout::map>(writer, records, 0);
            buffer_ += '\n';
        } else {
            for (const auto& record : records) json_line(record);
        }
    }

    /// One record: a line a field, or one JSON object.
    template <wire::Declared T> void one(const T& record) {
        if (is_table()) {
            append_fields(buffer_, row_of(record, scaled_));
        } else if (format_ == Format::json) {
            wire::JsonWriter writer(buffer_, {.scaled = scaled_, .indented = true});
            wire::write_fields<wire::Layout::map>(writer, record);
            buffer_ += '\n';
        } else {
            json_line(record);
        }
    }

    /// One line of a stream: a table row, or one JSON object under json and ndjson alike.
    template <wire::Declared T> void line(const T& record, Columns columns) {
        if (is_table())
            stream_table_.append(buffer_, columns, row_of(record, scaled_));
        else
            json_line(record);
        if (buffer_.size() >= flush_at) flush();
    }

    /// Ready-made lines, for tables that are no list.
    void text(std::string_view lines) { buffer_ += lines; }

    /// Writes everything out. Throws OutputFailed; what could not be written is dropped then.
    void flush();

  private:
    static constexpr std::size_t flush_at = 60'000;

    template <wire::Declared T> void json_line(const T& record) {
        wire::JsonWriter writer(buffer_, {.scaled = scaled_});
        wire::write_fields<wire::Layout::map>(writer, record);
        buffer_ += '\n';
    }

    Format format_;
    bool scaled_;
    int fd_;
    std::string buffer_;
    GrowingTable stream_table_;
};

} // namespace omen
