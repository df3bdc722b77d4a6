#include "cli/output/table.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

namespace omen {

namespace {

constexpr std::string_view gutter = "  ";

std::string heading_of(std::string_view name) {
    std::string text(name);
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// How many characters stand after a number's point, the point included.
std::size_t fraction_width(std::string_view number) {
    const auto point = number.find('.');
    return point == std::string_view::npos ? 0 : number.size() - point;
}

/// The texts of one column, heading first, all of one width.
std::vector<std::string> column_texts(std::string_view name, const std::vector<Row>& rows) {
    std::vector<std::string> texts{heading_of(name)};
    bool number = false;
    std::size_t fraction = 0;
    for (const auto& row : rows) {
        const auto* cell = find_cell(row, name);
        texts.push_back(cell == nullptr ? "" : harmless(cell->text));
        number = number || (cell != nullptr && cell->number);
        fraction = std::max(fraction, fraction_width(texts.back()));
    }
    if (number)
        for (std::size_t i = 1; i < texts.size(); ++i) texts[i].append(fraction - fraction_width(texts[i]), ' ');
    std::size_t width = 0;
    for (const auto& text : texts) width = std::max(width, columns_of(text));
    for (auto& text : texts) text.insert(number ? 0 : text.size(), width - columns_of(text), ' ');
    return texts;
}

void append_line(std::string& out, std::string line, bool bold = false) {
    line.erase(line.find_last_not_of(' ') + 1);
    if (bold) line = "\x1b[1m" + line + "\x1b[0m";
    out += line;
    out += '\n';
}

} // namespace

const Cell* find_cell(const Row& row, std::string_view name) {
    const auto found = std::find_if(row.begin(), row.end(), [name](const Cell& cell) { return cell.name == name; });
    return found == row.end() ? nullptr : &*found;
}

std::vector<std::string_view> append_table(std::string& out, Columns columns, const std::vector<Row>& rows,
                                           TableStyle style) {
    std::vector<std::string_view> left_out;
    std::vector<std::string> lines(rows.size() + 1);
    for (const auto name : columns) {
        const auto texts = column_texts(name, rows);
        const auto width = columns_of(lines[0]) + (lines[0].empty() ? 0 : gutter.size()) + columns_of(texts[0]);
        const bool fits = style.width == 0 || lines[0].empty() || width <= style.width;
        if (!fits || !left_out.empty()) {
            left_out.push_back(name);
            continue;
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].empty()) lines[i] += gutter;
            lines[i] += texts[i];
        }
    }
    if (style.header) append_line(out, std::move(lines[0]), style.colour);
    for (std::size_t i = 1; i < lines.size(); ++i) append_line(out, std::move(lines[i]));
    return left_out;
}

void append_fields(std::string& out, const Row& row) {
    std::size_t width = 0;
    for (const auto& cell : row) width = std::max(width, cell.name.size());
    for (const auto& cell : row)
        append_line(out, std::string(cell.name) + std::string(width - cell.name.size(), ' ') + std::string(gutter) +
                             harmless(cell.text));
}

void GrowingTable::append_heading(std::string& out) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i > 0) line += gutter;
        line += heading_of(columns_[i]);
        line.append(widths_[i] - columns_[i].size(), ' ');
    }
    append_line(out, std::move(line));
}

void GrowingTable::append(std::string& out, const Row& row) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto* cell = find_cell(row, columns_[i]);
        const auto text = cell == nullptr ? std::string() : harmless(cell->text);
        const auto width = columns_of(text);
        widths_[i] = std::max({widths_[i], columns_[i].size(), width});
        const std::string blanks(widths_[i] - width, ' ');
        if (i > 0) line += gutter;
        line += cell != nullptr && cell->number ? blanks + text : text + blanks;
    }
    if (std::exchange(header_due_, false)) append_heading(out);
    append_line(out, std::move(line));
}

std::vector<std::string_view> TableRenderer::chosen(Columns columns) const {
    if (style_.fields.empty()) return {columns.begin(), columns.end()};
    return {style_.fields.begin(), style_.fields.end()};
}

void TableRenderer::table(std::string& out, Columns columns, const std::vector<Row>& rows) const {
    const auto left_out = append_table(out, chosen(columns), rows,
                                       {.header = style_.header, .width = style_.width, .colour = style_.colour});
    if (left_out.empty()) return;
    std::string names;
    for (const auto name : left_out) names.append(names.empty() ? "" : ", ").append(name);
    std::cerr << "omenctl: the terminal is too narrow for " << names << "; widen it, or choose with --fields\n";
}

void TableRenderer::begin_stream(std::string&, Columns columns) {
    growing_.emplace(chosen(columns), style_.header);
}

} // namespace omen
