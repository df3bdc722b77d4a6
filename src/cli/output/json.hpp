#pragma once

#include "cli/output/row.hpp"
#include "cli/output/style.hpp"
#include "protocol/wire/json.hpp"

#include <memory>

namespace omen {

/// JSON, made from the whole record: one document, or an object a line.
class JsonRenderer {
  public:
    /// `lines`: of ndjson.
    JsonRenderer(const OutputStyle& style, bool lines) : scaled_(style.scaled), fields_(style.fields), lines_(lines) {}

    template <wire::Declared T> void list(std::string& out, const std::vector<T>& records, const TableShape&) {
        write_list(out, records, [&](wire::JsonWriter& json, const T& record) { write(json, record, record); });
    }

    template <wire::Declared T, class ToRows>
    void one(std::string& out, const T& record, const ToRows& to_rows, const TableShape&) {
        if (fields_.empty()) return write_line(out, [&](wire::JsonWriter& json) { write(json, record, record); });
        if constexpr (gives_list<T, ToRows>) {
            // Where a name is one of a row only, the rows are what is wanted.
            if (std::all_of(fields_.begin(), fields_.end(), has_field<T>))
                write_line(out, [&](wire::JsonWriter& json) { write(json, record, record); });
            else
                write_list(out, to_rows(record),
                           [&](wire::JsonWriter& json, const auto& row) { write(json, row, record); });
        } else {
            write_line(out, [&](wire::JsonWriter& json) { write(json, to_rows(record), record); });
        }
    }

    void begin_stream(std::string&, Columns) {
        lines_ = true;
        texts_ = std::make_unique<DecimalTexts>();
    }
    void begin_watch() { lines_ = true; }
    template <wire::Declared T, class ToRows> void line(std::string& out, const T& record, const ToRows& to_rows) {
        one(out, record, to_rows, {});
    }

  private:
    /// All of the record, or the chosen fields, of the row or else of the record.
    template <wire::Declared R, wire::Declared T> void write(wire::JsonWriter& json, const R& row, const T& record) {
        if (fields_.empty()) return wire::write_fields<wire::Layout::map>(json, record);
        json.map();
        for (const auto& name : fields_) {
            const auto write = [&](const auto& value, int decimals) {
                json.foreign_key(name);
                wire::write_value<wire::Layout::map>(json, value, decimals);
            };
            has_field<R>(name) ? visit_field(row, name, write) : visit_field(record, name, write);
        }
        json.end_map();
    }

    template <class Write> void write_line(std::string& out, Write write) {
        wire::JsonWriter json(out, {.scaled = scaled_, .indented = !lines_, .texts = texts_.get()});
        write(json);
        out += '\n';
    }
    template <class T, class Write> void write_list(std::string& out, const std::vector<T>& records, Write write) {
        if (lines_) {
            for (const auto& record : records) write_line(out, [&](wire::JsonWriter& json) { write(json, record); });
            return;
        }
        write_line(out, [&](wire::JsonWriter& json) {
            json.array();
            for (const auto& record : records) write(json, record);
            json.end_array();
        });
    }

    bool scaled_;
    FieldNames fields_;
    bool lines_;
    std::unique_ptr<DecimalTexts> texts_; ///< of a stream
};

} // namespace omen
