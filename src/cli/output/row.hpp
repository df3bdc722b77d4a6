#pragma once

#include "protocol/codec.hpp"

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
};

using Row = std::vector<Cell>;

/// Turns a record into cells, in the order of its declaration: the writer of `wire::write()` for tables. Nested lists
/// and records have no cell.
class RowWriter {
  public:
    explicit RowWriter(bool scaled) : scaled_(scaled) {}

    Row take() { return std::move(row_); }

    void nil() { add({}, false); }
    void boolean(bool value) { add(value ? "true" : "false", false); }
    void integer(std::int64_t value) { add(std::to_string(value), true); }
    void unsigned_integer(std::uint64_t value) { add(std::to_string(value), true); }
    void text(std::string_view value) { add(std::string(value), false); }
    void amount(Decimal value, int decimals) { add(scaled_ ? value.scaled(decimals) : value.text(), true); }
    void timestamp(Timestamp value) { add(value.rfc3339(), false); }
    void array(std::size_t) { ++depth_; }
    void end_array() { --depth_; }
    void map(std::size_t) { ++depth_; }
    void key(std::string_view name) {
        if (depth_ == 1) name_ = name;
    }
    void end_map() { --depth_; }

  private:
    void add(std::string text, bool number) {
        if (depth_ == 1) row_.push_back({name_, std::move(text), number});
    }

    bool scaled_;
    int depth_ = 0;
    std::string_view name_;
    Row row_;
};

/// The cells of a record. `scaled` as for --raw.
template <wire::Declared T> Row row_of(const T& record, bool scaled) {
    RowWriter writer(scaled);
    wire::write_fields<wire::Layout::map>(writer, record);
    return writer.take();
}

} // namespace omen
