#include "cli/output/output.hpp"

#include "cli/output/csv.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <unistd.h>

namespace omen {

namespace {

std::string joined(const std::vector<std::string_view>& names) {
    std::string text;
    for (const auto name : names) text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

} // namespace

void Output::check_fields(const std::vector<std::string_view>& names) const {
    for (const auto& field : style_.fields)
        if (std::find(names.begin(), names.end(), field) == names.end())
            throw Error(Fault::usage, "--fields: there is no field \"" + field + "\"",
                        {.code = "bad_value", .hint = "choose from " + joined(names)});
}

std::vector<std::string_view> Output::chosen(Columns otherwise) const {
    if (style_.fields.empty()) return {otherwise.begin(), otherwise.end()};
    return {style_.fields.begin(), style_.fields.end()};
}

void Output::rows(const std::vector<Row>& rows, const std::vector<std::string_view>& columns) {
    if (is_csv()) {
        if (style_.header) append_csv_heading(buffer_, columns);
        for (const auto& row : rows) append_csv_row(buffer_, columns, row);
        return;
    }
    const auto left_out =
        append_table(buffer_, columns, rows, {.header = style_.header, .width = style_.width, .colour = style_.colour});
    if (!left_out.empty())
        std::cerr << "omenctl: the terminal is too narrow for " << joined(left_out)
                  << "; widen it, or choose with --fields\n";
}

void Output::fields(const Row& row) {
    Row shown;
    if (style_.fields.empty())
        std::copy_if(row.begin(), row.end(), std::back_inserter(shown), [](const Cell& cell) { return !cell.nested; });
    for (const auto& name : style_.fields)
        if (const auto* cell = find_cell(row, name)) shown.push_back(*cell);
    append_fields(buffer_, shown);
}

void Output::begin_stream(Columns columns) {
    if (is_json(style_.format)) {
        texts_ = std::make_unique<DecimalTexts>();
        return;
    }
    check_fields({columns.begin(), columns.end()});
    stream_columns_ = chosen(columns);
    stream_table_.emplace(stream_columns_, style_.header);
    if (is_csv() && style_.header) append_csv_heading(buffer_, stream_columns_);
}

void Output::stream_row(const Row& row) {
    if (is_csv())
        append_csv_row(buffer_, stream_columns_, row);
    else
        stream_table_->append(buffer_, row);
}

void Output::frame(const Screen& screen) {
    buffer_ = screen.compose(buffer_);
}

void Output::flush() {
    for (std::size_t at = 0; at < buffer_.size();) {
        const auto count = ::write(fd_, buffer_.data() + at, buffer_.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const auto error = errno;
            buffer_.clear();
            throw OutputFailed{error == EPIPE, std::strerror(error)};
        }
        at += static_cast<std::size_t>(count);
    }
    buffer_.clear();
    if (after_flush_) after_flush_();
}

} // namespace omen
