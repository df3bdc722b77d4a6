#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/gateway/order.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What the trading gateway sends by itself, to those who subscribed to the drop-copy.
namespace omen::gw {

using wire::field;
using wire::message;

struct Execution {
    std::optional<std::string> wallet{};
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp{};
    Open<ExecutionEvent> event;
    std::optional<OrderState> order{};   ///< as it is after the event; none where the event is of no order
    std::optional<MarketId> market_id{}; ///< of an event without an order
    std::optional<TradeId> trade_id{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};
    std::optional<Decimal> fee{}; ///< negative: a rebate
    std::optional<Open<Liquidity>> liquidity{};
    std::optional<std::string> reason{}; ///< where it was not the user: stp, liquidation, reduce_only
    std::optional<Decimal> amount{};     ///< of an event without an order: what the wallet got, or lost
    std::optional<Decimal> rate{};       ///< of funding

    /// Funding and write-offs concern a position; everything else has an order.
    static bool is_without_order(const Execution& execution) {
        return execution.event == ExecutionEvent::funding || execution.event == ExecutionEvent::write_off;
    }

    static constexpr auto declaration() {
        return message("execution", field("wallet", &Execution::wallet), field("sequence", &Execution::sequence),
                       field("timestamp", &Execution::timestamp), field("event", &Execution::event),
                       field("order", &Execution::order), field("market_id", &Execution::market_id),
                       field("trade_id", &Execution::trade_id), field("price", &Execution::price),
                       field("size", &Execution::size), field("fee", &Execution::fee),
                       field("liquidity", &Execution::liquidity), field("reason", &Execution::reason),
                       field("amount", &Execution::amount), field("rate", &Execution::rate))
            .needs(wire::needed_unless("order", &Execution::is_without_order));
    }
};

struct DropCopyGap {
    std::optional<std::string> wallet{};
    std::optional<std::uint64_t> requested_sequence{};
    std::uint64_t oldest_sequence = 0;
    std::uint64_t next_sequence = 0;

    static constexpr auto declaration() {
        return message("drop_copy_gap", field("wallet", &DropCopyGap::wallet),
                       field("requested_sequence", &DropCopyGap::requested_sequence),
                       field("oldest_sequence", &DropCopyGap::oldest_sequence),
                       field("next_sequence", &DropCopyGap::next_sequence));
    }
};

} // namespace omen::gw
