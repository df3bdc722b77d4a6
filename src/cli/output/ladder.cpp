#include "cli/output/ladder.hpp"

#include "cli/output/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace omen {

namespace {

constexpr std::string_view ladder_columns[] = {"side", "price", "size", "total"};

/// One line of the ladder.
struct Rung {
    std::string side;
    Decimal price;
    Decimal size;
    Decimal total;

    static constexpr auto declaration() {
        return wire::record("rung", wire::field("side", &Rung::side), wire::field("price", &Rung::price),
                            wire::field("size", &Rung::size), wire::field("total", &Rung::total));
    }
};

std::vector<Rung> rungs(const char* side, const std::vector<Level>& levels) {
    std::vector<Rung> result;
    Decimal total;
    for (const auto& level : levels) result.push_back({side, level.price, level.size, total += level.size});
    return result;
}

std::string amount(Decimal value, bool scaled) {
    return scaled ? value.scaled() : value.text();
}

std::string summary(const BookView& book, bool scaled) {
    auto text = harmless(book.symbol) + "  sequence " + std::to_string(book.sequence);
    if (book.timestamp) text += "  " + book.timestamp->rfc3339();
    if (book.bids.empty() || book.asks.empty()) return text + "\n";
    const auto bid = book.bids.front().price;
    const auto ask = book.asks.front().price;
    const auto mid = multiply_divide(bid + ask, Decimal::whole(1), Decimal::whole(2), Rounding::toward_zero);
    return text + "  spread " + amount(ask - bid, scaled) + "  mid " + amount(mid, scaled) + "\n";
}

/// A bar as long as a level's share of the deepest total, in eighths of a character.
std::string bar(Decimal total, Decimal deepest, std::size_t room) {
    static constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (!deepest.is_positive()) return {};
    const auto most = Decimal::whole(room * 8);
    const auto length =
        static_cast<std::size_t>(multiply_divide(total, most, deepest, Rounding::toward_zero).whole_part());
    std::string text;
    for (std::size_t i = 0; i < length / 8; ++i) text += "█";
    return text.append(eighths[length % 8]);
}

std::string coloured(const std::string& text, std::string_view side) {
    return (side == "ask" ? "\x1b[31m" : "\x1b[32m") + text + "\x1b[0m";
}

std::size_t widest_line(std::string_view lines) {
    std::size_t widest = 0;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        widest = std::max(widest, end);
        lines.remove_prefix(end + 1);
    }
    return widest;
}

/// The table's lines, each with its rung's bar behind it, coloured by side.
std::string with_bars(std::string_view table, const std::vector<Rung>& rungs, Decimal deepest, LadderStyle style) {
    const auto column = widest_line(table) + 2;
    const auto room = style.width > column + 1 ? std::min<std::size_t>(style.width - column - 1, 40) : 0;
    std::string out;
    std::size_t line = 0;
    while (!table.empty()) {
        const auto end = table.find('\n');
        const auto text = table.substr(0, end);
        table.remove_prefix(end + 1);
        const bool heading = style.header && line == 0;
        out += text;
        if (!heading && room > 0) {
            const auto& rung = rungs[line - (style.header ? 1 : 0)];
            const auto drawn = bar(rung.total, deepest, room);
            if (!drawn.empty()) {
                out.append(column - text.size(), ' ');
                out += style.colour ? coloured(drawn, rung.side) : drawn;
            }
        }
        out += '\n';
        ++line;
    }
    return out;
}

} // namespace

std::string ladder(const BookView& book, LadderStyle style) {
    auto asks = rungs("ask", book.asks);
    const auto bids = rungs("bid", book.bids);
    const auto deepest =
        std::max(asks.empty() ? Decimal{} : asks.back().total, bids.empty() ? Decimal{} : bids.back().total);
    std::reverse(asks.begin(), asks.end());
    std::vector<Row> rows;
    for (const auto& rung : asks) rows.push_back(row_of(rung, {.scaled = style.scaled}));
    for (const auto& rung : bids) rows.push_back(row_of(rung, {.scaled = style.scaled}));
    std::string table;
    append_table(table, ladder_columns, rows, {.header = style.header, .colour = style.colour});
    auto out = style.header ? summary(book, style.scaled) : std::string();
    if (style.width == 0) return out + table;

    std::vector<Rung> all(asks);
    all.insert(all.end(), bids.begin(), bids.end());
    return out + with_bars(table, all, deepest, style);
}

} // namespace omen
