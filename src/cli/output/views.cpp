#include "cli/output/views.hpp"

#include <algorithm>

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

AccountRow account_row(const AccountView& account) {
    const auto& [balance, pnl] = account;
    return {.wallet = balance.wallet ? balance.wallet : pnl.wallet,
            .total = balance.total,
            .available = balance.available,
            .margin_used = balance.margin_used,
            .realized = pnl.realized,
            .unrealized = pnl.unrealized,
            .funding = pnl.funding,
            .fees = pnl.fees,
            .sequence = std::min(balance.sequence, pnl.sequence)};
}

} // namespace omen
