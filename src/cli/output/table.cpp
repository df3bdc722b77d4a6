#include "cli/output/table.hpp"

#include <algorithm>

namespace omen {

namespace {

constexpr std::string_view gutter = "  ";

std::string heading_of(std::string_view name) {
    std::string text(name);
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

const Cell* find(const Row& row, std::string_view name) {
    const auto found = std::find_if(row.begin(), row.end(), [name](const Cell& cell) { return cell.name == name; });
    return found == row.end() ? nullptr : &*found;
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
        const auto* cell = find(row, name);
        texts.push_back(cell == nullptr ? "" : cell->text);
        number = number || (cell != nullptr && cell->number);
        fraction = std::max(fraction, fraction_width(texts.back()));
    }
    if (number)
        for (std::size_t i = 1; i < texts.size(); ++i) texts[i].append(fraction - fraction_width(texts[i]), ' ');
    std::size_t width = 0;
    for (const auto& text : texts) width = std::max(width, text.size());
    for (auto& text : texts) text.insert(number ? 0 : text.size(), width - text.size(), ' ');
    return texts;
}

void append_line(std::string& out, std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out += line;
    out += '\n';
}

} // namespace

void append_table(std::string& out, Columns columns, const std::vector<Row>& rows) {
    std::vector<std::string> lines(rows.size() + 1);
    for (const auto name : columns) {
        const auto texts = column_texts(name, rows);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].empty()) lines[i] += gutter;
            lines[i] += texts[i];
        }
    }
    for (auto& line : lines) append_line(out, std::move(line));
}

void append_fields(std::string& out, const Row& row) {
    std::size_t width = 0;
    for (const auto& cell : row) width = std::max(width, cell.name.size());
    for (const auto& cell : row)
        append_line(out, std::string(cell.name) + std::string(width - cell.name.size(), ' ') + std::string(gutter) +
                             cell.text);
}

void GrowingTable::append(std::string& out, Columns columns, const Row& row) {
    const bool first = widths_.empty();
    widths_.resize(columns.size());
    std::string heading;
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto* cell = find(row, columns[i]);
        const std::string text = cell == nullptr ? "" : cell->text;
        const auto title = heading_of(columns[i]);
        widths_[i] = std::max({widths_[i], title.size(), text.size()});
        const bool number = cell != nullptr && cell->number;
        const std::string blanks(widths_[i] - text.size(), ' ');
        if (i > 0) line += gutter;
        if (i > 0) heading += gutter;
        line += number ? blanks + text : text + blanks;
        heading += title + std::string(widths_[i] - title.size(), ' ');
    }
    if (first) append_line(out, std::move(heading));
    append_line(out, std::move(line));
}

} // namespace omen
