#include "cli/output/output.hpp"

#include "cli/output/csv.hpp"
#include "core/error.hpp"
#include "system/descriptor_io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <utility>

namespace omen {

namespace {

std::string joined(const std::vector<std::string_view>& names) {
    std::string text;
    for (const auto name : names) text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

bool is_writable(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

} // namespace

Output::Output(OutputStyle style, int descriptor, std::string name)
    : style_(std::move(style)), fd_(descriptor), name_(std::move(name)) {
    if (!is_writable(descriptor)) fail(EBADF);
}

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
    const bool had_failed = std::exchange(failed_, true); // until all of it has been done
    const int error = had_failed ? 0 : write_all(fd_, buffer_);
    buffer_.clear();
    if (had_failed) return;
    if (error != 0) fail(error);
    if (after_flush_) after_flush_();
    failed_ = false;
}

void Output::fail(int error) {
    const std::string why = error == EINTR ? "its reader takes nothing" : std::strerror(error);
    throw OutputFailed{error == EPIPE, name_ + ": " + why};
}

} // namespace omen
