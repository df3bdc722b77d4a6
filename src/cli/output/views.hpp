#pragma once

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

/// The records that omenctl prints where they differ from those on the wire.
namespace omen {

/// A record with its market's symbol in front, where it names a market.
template <class T> struct WithSymbol : T {
    std::optional<std::string> symbol;

    WithSymbol() = default;
    WithSymbol(T record, std::optional<std::string> name) : T(std::move(record)), symbol(std::move(name)) {}

    static constexpr auto declaration() {
        constexpr auto declared = wire::declaration_of<T>;
        const auto fields = std::tuple_cat(std::tuple(wire::field("symbol", &WithSymbol::symbol)), declared.fields);
        return wire::Declaration<std::remove_const_t<decltype(fields)>>{declared.name, wire::Layout::map,
                                                                        declared.tagged, fields};
    }
};

/// A value that may be missing and then stands as null, where an optional one is left out.
template <class T> struct Nullable : std::optional<T> {
    using std::optional<T>::optional;
    Nullable(const std::optional<T>& value) : std::optional<T>(value) {}
};

/// A gateway's reply without what only the wire needs: its type and correlation id (always the first field).
template <class T> struct Result : T {
    Result() = default;
    explicit Result(T reply) : T(std::move(reply)) {}

    static constexpr auto declaration() {
        static_assert(std::get<0>(wire::declaration_of<T>.fields).name == std::string_view("id"));
        return std::apply(
            [](const auto&, const auto&... fields) { return wire::record(wire::declaration_of<T>.name, fields...); },
            wire::declaration_of<T>.fields);
    }
};

/// An order as `order` and `orders` print it.
using OrderView = WithSymbol<gw::OrderState>;

inline constexpr std::string_view order_columns[] = {
    "order_id",    "client_order_id", "symbol", "side",          "price",    "size",
    "filled_size", "average_price",   "status", "time_in_force", "timestamp"};

/// A book, in a document or a stream line.
struct BookView {
    std::optional<std::string> type; ///< only in a stream
    MarketId market_id;
    std::string symbol;
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp;
    std::vector<Level> bids;
    std::vector<Level> asks;

    static constexpr auto declaration() {
        return wire::record("book", wire::field("type", &BookView::type),
                            wire::field("market_id", &BookView::market_id), wire::field("symbol", &BookView::symbol),
                            wire::field("sequence", &BookView::sequence),
                            wire::field("timestamp", &BookView::timestamp), wire::field("bids", &BookView::bids),
                            wire::field("asks", &BookView::asks));
    }
};

/// One level of a book, where a book is rows: CSV, and a stream's table.
struct BookRow {
    std::string symbol;
    std::optional<std::uint64_t> sequence{};
    std::optional<Timestamp> timestamp{};
    std::optional<std::string> side{}; ///< bid or ask; absent, as price and size, where a line is about no level
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};

    static constexpr auto declaration() {
        return wire::record("book row", wire::field("symbol", &BookRow::symbol),
                            wire::field("sequence", &BookRow::sequence), wire::field("timestamp", &BookRow::timestamp),
                            wire::field("side", &BookRow::side), wire::field("price", &BookRow::price),
                            wire::field("size", &BookRow::size));
    }
};

/// The same in a stream.
struct BookStreamRow : BookRow {
    std::string type;

    BookStreamRow(BookRow row, std::string line) : BookRow(std::move(row)), type(std::move(line)) {}

    static constexpr auto declaration() {
        return std::apply(
            [](const auto&... fields) {
                return wire::record("book row", wire::field("type", &BookStreamRow::type), fields...);
            },
            BookRow::declaration().fields);
    }
};

inline constexpr std::string_view book_row_columns[] = {"symbol", "side", "price", "size", "sequence", "timestamp"};

/// A book's levels as rows, bids first.
std::vector<BookRow> book_rows(const BookView& book);

/// Data is missing in a book stream: nothing of this market is shown until "resynced".
struct GapView {
    std::string type = "gap";
    MarketId market_id;
    std::string symbol;
    std::optional<std::uint64_t> last_sequence{};
    std::optional<std::uint64_t> next_sequence{};

    static constexpr auto declaration() {
        return wire::record("gap", wire::field("type", &GapView::type), wire::field("market_id", &GapView::market_id),
                            wire::field("symbol", &GapView::symbol),
                            wire::field("last_sequence", &GapView::last_sequence),
                            wire::field("next_sequence", &GapView::next_sequence));
    }
};

/// Trades that happened while there was no connection, and that the exchange no longer lists: those between these two.
struct TradeGapView {
    std::string type = "gap";
    MarketId market_id;
    std::string symbol;
    std::optional<TradeId> last_trade_id{}; ///< none where none was known
    std::optional<TradeId> next_trade_id{};

    static constexpr auto declaration() {
        return wire::record(
            "gap", wire::field("type", &TradeGapView::type), wire::field("market_id", &TradeGapView::market_id),
            wire::field("symbol", &TradeGapView::symbol), wire::field("last_trade_id", &TradeGapView::last_trade_id),
            wire::field("next_trade_id", &TradeGapView::next_trade_id));
    }
};

/// What `account` shows.
struct AccountView {
    Result<gw::Balance> balance;
    Result<gw::Pnl> pnl;

    static constexpr auto declaration() {
        return wire::record("account", wire::field("balance", &AccountView::balance),
                            wire::field("pnl", &AccountView::pnl));
    }
};

/// The same in one row: tables and CSV.
struct AccountRow {
    std::optional<std::string> wallet;
    std::optional<Decimal> total;
    std::optional<Decimal> available;
    std::optional<Decimal> margin_used;
    std::optional<Decimal> realized;
    std::optional<Decimal> unrealized;
    std::optional<Decimal> funding;
    std::optional<Decimal> fees;
    std::optional<std::uint64_t> sequence; ///< of the last execution that all of it includes

    static constexpr auto declaration() {
        using R = AccountRow;
        return wire::record("account row", wire::field("wallet", &R::wallet), wire::field("total", &R::total),
                            wire::field("available", &R::available), wire::field("margin_used", &R::margin_used),
                            wire::field("realized", &R::realized), wire::field("unrealized", &R::unrealized),
                            wire::field("funding", &R::funding), wire::field("fees", &R::fees),
                            wire::field("sequence", &R::sequence));
    }
};

AccountRow account_row(const AccountView& account);

/// One order that `cancel --all` cancelled.
struct CancelledOrder {
    OrderId order_id;

    static constexpr auto declaration() {
        return wire::record("cancelled order", wire::field("order_id", &CancelledOrder::order_id));
    }
};

} // namespace omen
