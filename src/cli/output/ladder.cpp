#include "cli/output/ladder.hpp"

#include "cli/output/table.hpp"

#include <algorithm>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"side", "price", "size", "total"};

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
    auto text = book.symbol + "  sequence " + std::to_string(book.sequence) + "  " + book.timestamp.rfc3339();
    if (book.bids.empty() || book.asks.empty()) return text + "\n";
    const auto bid = book.bids.front().price;
    const auto ask = book.asks.front().price;
    const auto mid = multiply_divide(bid + ask, Decimal::whole(1), Decimal::whole(2), Rounding::toward_zero);
    return text + "  spread " + amount(ask - bid, scaled) + "  mid " + amount(mid, scaled) + "\n";
}

} // namespace

std::string ladder(const BookView& book, bool scaled) {
    auto asks = rungs("ask", book.asks);
    std::reverse(asks.begin(), asks.end());
    std::vector<Row> rows;
    for (const auto& rung : asks) rows.push_back(row_of(rung, scaled));
    for (const auto& rung : rungs("bid", book.bids)) rows.push_back(row_of(rung, scaled));
    auto out = summary(book, scaled);
    append_table(out, columns, rows);
    return out;
}

} // namespace omen
