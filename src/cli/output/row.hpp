#pragma once

#include "cli/output/fields.hpp"
#include "protocol/wire/writing.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace omen {

/// One value of a table row.
struct Cell {
    std::string_view name; ///< the field's
    std::string text;
    bool number = false;
};

using Row = std::vector<Cell>;

struct RowStyle {
    bool scaled = false;      ///< amounts as with --raw
    bool epoch_times = false; ///< times in milliseconds since the epoch, as in JSON; otherwise RFC 3339
};

/// Turns values into cells: the writer of `wire::write()` for tables and CSV. A list is one cell, its elements with
/// blanks between them; a record within is "price=3500;size=1".
class RowWriter {
  public:
    explicit RowWriter(RowStyle style) : style_(style) {}

    Row take() { return std::move(row_); }
    /// What the next value is called.
    void name(std::string_view name) { name_ = name; }

    void nil() { add({}, false); }
    void boolean(bool value) { add(value ? "true" : "false", false); }
    void integer(std::int64_t value) { add(std::to_string(value), true); }
    void unsigned_integer(std::uint64_t value) { add(std::to_string(value), true); }
    void text(std::string_view value) { add(std::string(value), false); }
    void amount(Decimal value, int decimals) { add(style_.scaled ? value.scaled(decimals) : value.text(), true); }
    void timestamp(Timestamp value) { add(style_.epoch_times ? std::to_string(value.ms) : value.rfc3339(), false); }
    void array(std::size_t) { open(); }
    void end_array() { close(); }
    void map(std::size_t) { open(); }
    void key(wire::Name key) {
        if (depth_ <= 1) return name(key);
        if (!std::exchange(begun_, false)) nested_ += ';';
        nested_.append(key) += '=';
        keyed_ = true;
    }
    void end_map() { close(); }

  private:
    /// Separates a value within a cell from the one before it.
    void separate() {
        if (!std::exchange(begun_, false) && !keyed_) nested_ += ' ';
        keyed_ = false;
    }
    void add(std::string text, bool number) {
        if (depth_ <= 1) return row_.push_back({name_, std::move(text), number});
        separate();
        nested_ += text;
    }
    void open() {
        if (depth_ > 1) separate();
        ++depth_;
        begun_ = true;
    }
    void close() {
        begun_ = false;
        if (--depth_ == 1) row_.push_back({name_, std::exchange(nested_, {}), false});
    }

    RowStyle style_;
    int depth_ = 0; ///< 1: within the record that is the row; more: within a cell
    std::string_view name_;
    std::string nested_;
    bool begun_ = false; ///< nothing stands yet in the list or record that was opened last
    bool keyed_ = false; ///< a value's key was the last to be written
    Row row_;
};

/// The cells of a record.
template <wire::Declared T> Row row_of(const T& record, RowStyle style = {}) {
    RowWriter writer(style);
    wire::write_fields<wire::Layout::map>(writer, record);
    return writer.take();
}

/// The cells of a row: those that are chosen, of the row or else of the record that it stands for; all of the row where
/// none is.
template <wire::Declared R, wire::Declared T>
Row row_of(const R& row, const T& record, const FieldNames& chosen, RowStyle style) {
    if (chosen.empty()) return row_of(row, style);
    RowWriter writer(style);
    writer.map(chosen.size());
    for (const auto& name : chosen) {
        writer.name(name);
        const auto write = [&](const auto& value, int decimals) {
            wire::write_value<wire::Layout::map>(writer, value, decimals);
        };
        has_field<R>(name) ? visit_field(row, name, write) : visit_field(record, name, write);
    }
    return writer.take();
}

/// The type of the rows that a function gives: one of them, or a list.
template <class Rows> struct RowIn { using Type = Rows; };
template <class Row> struct RowIn<std::vector<Row>> { using Type = Row; };

/// What `to_rows` makes of a record, and the type of one row of it.
template <class T, class ToRows> using RowsOf = std::remove_cvref_t<std::invoke_result_t<const ToRows&, const T&>>;
template <class T, class ToRows> using RowOf = typename RowIn<RowsOf<T, ToRows>>::Type;

/// Whether a record gives any number of rows, and not just one.
template <class T, class ToRows>
inline constexpr bool gives_list = !std::is_same_v<RowsOf<T, ToRows>, RowOf<T, ToRows>>;

/// Calls f(row) for each row that `to_rows` makes of a record.
template <class T, class ToRows, class F> void for_each_row(const T& record, const ToRows& to_rows, F&& f) {
    if constexpr (gives_list<T, ToRows>)
        for (const auto& row : to_rows(record)) f(row);
    else
        f(to_rows(record));
}

/// The fields of a record as they stand in JSON, "type" included where it has one.
template <wire::Declared T> std::vector<std::string_view> columns_of() {
    std::vector<std::string_view> names;
    if (wire::declaration_of<T>.tagged) names.emplace_back("type");
    wire::for_each_field<T>([&](const auto& field) { names.push_back(field.name); });
    return names;
}

} // namespace omen
