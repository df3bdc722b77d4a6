#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/wire/codec.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

/// What a client sends to the trading gateway. `id` is a correlation id that the one reply repeats.
namespace omen::gw {

using wire::field;
using wire::field_with_default;
using wire::message;
using wire::one_of;

struct Auth {
    std::uint64_t id = 0;
    std::string token;

    static constexpr auto declaration() {
        return message("auth", field("id", &Auth::id), field("token", &Auth::token));
    }
};

struct Ping {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("ping", field("id", &Ping::id)); }
};

struct Order {
    std::uint64_t id = 0;
    ClientOrderId client_order_id;
    std::optional<MarketId> market_id{};
    Side side = Side::buy;
    OrderType order_type = OrderType::limit;
    std::optional<Decimal> price{};
    Decimal size;
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false;

    static constexpr auto declaration() {
        return message("order", field("id", &Order::id), field("client_order_id", &Order::client_order_id),
                       field("market_id", &Order::market_id), field("side", &Order::side),
                       field_with_default("order_type", &Order::order_type), field("price", &Order::price),
                       field("size", &Order::size), field_with_default("time_in_force", &Order::time_in_force),
                       field_with_default("post_only", &Order::post_only),
                       field_with_default("reduce_only", &Order::reduce_only));
    }
};

struct Cancel {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};

    static constexpr auto declaration() {
        return message("cancel", field("id", &Cancel::id), field("order_id", &Cancel::order_id),
                       field("client_order_id", &Cancel::client_order_id))
            .needs(one_of("order_id", "client_order_id"));
    }
};

struct CancelAll {
    std::uint64_t id = 0;
    std::optional<MarketId> market_id{};

    static constexpr auto declaration() {
        return message("cancel_all", field("id", &CancelAll::id), field("market_id", &CancelAll::market_id));
    }
};

struct Amend {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{}; ///< the new total, filled part included

    static constexpr auto declaration() {
        return message("amend", field("id", &Amend::id), field("order_id", &Amend::order_id),
                       field("client_order_id", &Amend::client_order_id), field("price", &Amend::price),
                       field("size", &Amend::size))
            .needs(one_of("order_id", "client_order_id"));
    }
};

struct GetBalance {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("get_balance", field("id", &GetBalance::id)); }
};

struct GetPositions {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("get_positions", field("id", &GetPositions::id)); }
};

struct GetPnl {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("get_pnl", field("id", &GetPnl::id)); }
};

struct GetOrders {
    std::uint64_t id = 0;

    static constexpr auto declaration() { return message("get_orders", field("id", &GetOrders::id)); }
};

struct Subscribe {
    std::uint64_t id = 0;
    std::string channel;
    std::optional<std::uint64_t> from_sequence{}; ///< drop_copy only

    static constexpr auto declaration() {
        return message("subscribe", field("id", &Subscribe::id), field("channel", &Subscribe::channel),
                       field("from_sequence", &Subscribe::from_sequence));
    }
};

struct Unsubscribe {
    std::uint64_t id = 0;
    std::string channel;

    static constexpr auto declaration() {
        return message("unsubscribe", field("id", &Unsubscribe::id), field("channel", &Unsubscribe::channel));
    }
};

using Command = std::variant<Auth, Ping, Order, Cancel, CancelAll, Amend, GetBalance, GetPositions, GetPnl, GetOrders,
                             Subscribe, Unsubscribe, wire::Unknown>;

/// What changes something at the exchange.
using TradingCommand = std::variant<Order, Cancel, CancelAll, Amend>;

} // namespace omen::gw
