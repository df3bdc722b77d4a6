#pragma once

#include "cli/output/views.hpp"
#include "client/markets/markets.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace omen {

/// Executions are missing for good; `state` lines follow.
struct DropCopyGapView {
    std::string type = "gap";
    std::optional<std::string> wallet;
    std::optional<std::uint64_t> requested_sequence;
    std::uint64_t oldest_sequence = 0;
    std::uint64_t next_sequence = 0;

    static constexpr auto declaration() {
        using V = DropCopyGapView;
        return wire::record("gap", wire::field("type", &V::type), wire::field("wallet", &V::wallet),
                            wire::field("requested_sequence", &V::requested_sequence),
                            wire::field("oldest_sequence", &V::oldest_sequence),
                            wire::field("next_sequence", &V::next_sequence));
    }
};

/// The state behind a gap: one line each for the open orders, the positions and the balance. What happened up to
/// `sequence`, where the exchange gives it, is contained.
struct StateView {
    std::string type = "state";
    std::string state; ///< orders, positions or balance
    std::optional<std::string> wallet;
    Nullable<std::uint64_t> sequence;
    std::optional<std::vector<gw::OrderState>> orders{};
    std::optional<std::vector<rest::PositionResponse>> positions{};
    std::optional<Decimal> total{};
    std::optional<Decimal> available{};
    std::optional<Decimal> margin_used{};

    static constexpr auto declaration() {
        using V = StateView;
        return wire::record("state", wire::field("type", &V::type), wire::field("state", &V::state),
                            wire::field("wallet", &V::wallet), wire::field("sequence", &V::sequence),
                            wire::field("orders", &V::orders), wire::field("positions", &V::positions),
                            wire::field("total", &V::total), wire::field("available", &V::available),
                            wire::field("margin_used", &V::margin_used));
    }
};

/// One row of a drop-copy in tables and CSV, whatever the line.
struct DropCopyRow {
    std::string type{};
    std::optional<std::uint64_t> sequence{};
    std::optional<Timestamp> timestamp{};
    std::optional<std::string> event{}; ///< of a state: order, position or balance
    std::optional<std::string> symbol{};
    std::optional<OrderId> order_id{};
    std::optional<std::string> side{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{}; ///< of a balance: the total
    std::optional<Decimal> fee{};
    std::optional<Open<Liquidity>> liquidity{};
    std::optional<Open<OrderStatus>> status{};
    std::optional<TradeId> trade_id{};
    std::optional<ClientOrderId> client_order_id{};

    static constexpr auto declaration() {
        using R = DropCopyRow;
        return wire::record("drop-copy row", wire::field("type", &R::type), wire::field("sequence", &R::sequence),
                            wire::field("timestamp", &R::timestamp), wire::field("event", &R::event),
                            wire::field("symbol", &R::symbol), wire::field("order_id", &R::order_id),
                            wire::field("side", &R::side), wire::field("price", &R::price),
                            wire::field("size", &R::size), wire::field("fee", &R::fee),
                            wire::field("liquidity", &R::liquidity), wire::field("status", &R::status),
                            wire::field("trade_id", &R::trade_id), wire::field("client_order_id", &R::client_order_id));
    }
};

inline constexpr std::string_view drop_copy_columns[] = {
    "type",  "sequence", "timestamp", "event",     "symbol", "order_id", "side",
    "price", "size",     "fee",       "liquidity", "status", "trade_id", "client_order_id"};

/// The row, or the rows, of each line. `symbols` is asked for markets' symbols.
DropCopyRow rows_of(const gw::Execution& execution, Markets& symbols);
DropCopyRow rows_of(const DropCopyGapView& gap, Markets& symbols);
std::vector<DropCopyRow> rows_of(const StateView& state, Markets& symbols);

} // namespace omen
