#pragma once

#include "protocol/wire/codec.hpp"
#include "protocol/wire/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// One value of a table row.
struct Cell {
    std::string_view name; ///< the field's wire name
    std::string text;
    bool number = false;
    bool nested = false; ///< a list or record, as JSON on one line
};

using Row = std::vector<Cell>;

struct RowStyle {
    bool scaled = false;      ///< amounts as with --raw
    bool epoch_times = false; ///< times in milliseconds since the epoch, as in JSON; otherwise RFC 3339
};

/// Turns a record into cells, in the order of its declaration: the writer of `wire::write()` for tables and CSV.
class RowWriter {
  public:
    explicit RowWriter(RowStyle style) : style_(style) {}

    Row take() { return std::move(row_); }

    void nil() { add({}, false, &wire::JsonWriter::nil); }
    void boolean(bool value) { add(value ? "true" : "false", false, &wire::JsonWriter::boolean, value); }
    void integer(std::int64_t value) { add(std::to_string(value), true, &wire::JsonWriter::integer, value); }
    void unsigned_integer(std::uint64_t value) {
        add(std::to_string(value), true, &wire::JsonWriter::unsigned_integer, value);
    }
    void text(std::string_view value) { add(std::string(value), false, &wire::JsonWriter::text, value); }
    void amount(Decimal value, int decimals) {
        add(style_.scaled ? value.scaled(decimals) : value.text(), true, &wire::JsonWriter::amount, value, decimals);
    }
    void timestamp(Timestamp value) {
        add(style_.epoch_times ? std::to_string(value.ms) : value.rfc3339(), false, &wire::JsonWriter::timestamp,
            value);
    }
    void array(std::size_t size) { open(&wire::JsonWriter::array, size); }
    void end_array() { close(&wire::JsonWriter::end_array); }
    void map(std::size_t size) { open(&wire::JsonWriter::map, size); }
    void key(wire::Name name) {
        if (json_)
            json_->key(name);
        else
            name_ = name;
    }
    void end_map() { close(&wire::JsonWriter::end_map); }

  private:
    template <class Write, class... Values> void add(std::string text, bool number, Write write, Values... values) {
        if (json_)
            ((*json_).*write)(values...);
        else
            row_.push_back({name_, std::move(text), number});
    }
    /// Whatever opens within the record itself is nested: from here to its end it is written as JSON.
    template <class Write> void open(Write write, std::size_t size) {
        if (depth_++ == 0) return;
        if (!json_) json_.emplace(nested_, wire::JsonStyle{.scaled = style_.scaled});
        ((*json_).*write)(size);
    }
    template <class Write> void close(Write write) {
        if (--depth_ == 0) return;
        ((*json_).*write)();
        if (depth_ > 1) return;
        json_.reset();
        row_.push_back({name_, std::exchange(nested_, {}), false, true});
    }

    RowStyle style_;
    int depth_ = 0;
    std::string_view name_;
    std::string nested_;
    std::optional<wire::JsonWriter> json_;
    Row row_;
};

/// The cells of a record.
template <wire::Declared T> Row row_of(const T& record, RowStyle style = {}) {
    RowWriter writer(style);
    wire::write_fields<wire::Layout::map>(writer, record);
    return writer.take();
}

/// The fields of a record as they stand in JSON, "type" included where it has one.
template <wire::Declared T> std::vector<std::string_view> field_names() {
    std::vector<std::string_view> names;
    if (wire::declaration_of<T>.tagged) names.emplace_back("type");
    wire::for_each_field<T>([&](const auto& field) { names.push_back(field.name); });
    return names;
}

} // namespace omen
