#include "cli/views.hpp"

namespace omen {

std::vector<BookRow> book_rows(const BookView& book) {
    std::vector<BookRow> rows;
    rows.reserve(book.bids.size() + book.asks.size());
    const auto add = [&](const char* side, const std::vector<Level>& levels) {
        for (const auto& level : levels)
            rows.push_back({.symbol = book.symbol,
                            .sequence = book.sequence,
                            .timestamp = book.timestamp,
                            .side = side,
                            .price = level.price,
                            .size = level.size});
    };
    add("bid", book.bids);
    add("ask", book.asks);
    return rows;
}

} // namespace omen
