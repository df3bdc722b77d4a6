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
    std::string wallet;
    std::uint64_t sequence = 0;
    Timestamp timestamp;
    ExecutionEvent event = ExecutionEvent::accepted;
    OrderState order; ///< as it is after the event
    std::optional<TradeId> trade_id;
    std::optional<Decimal> price;
    std::optional<Decimal> size;
    std::optional<Decimal> fee; ///< negative: a rebate
    std::optional<Liquidity> liquidity;

    static constexpr auto declaration() {
        return message("execution", field("wallet", &Execution::wallet), field("sequence", &Execution::sequence),
                       field("timestamp", &Execution::timestamp), field("event", &Execution::event),
                       field("order", &Execution::order), field("trade_id", &Execution::trade_id),
                       field("price", &Execution::price), field("size", &Execution::size),
                       field("fee", &Execution::fee), field("liquidity", &Execution::liquidity));
    }
};

struct DropCopyGap {
    std::string wallet;
    std::uint64_t requested_sequence = 0;
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
