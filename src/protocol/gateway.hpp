#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/codec.hpp"
#include "protocol/declaration.hpp"
#include "protocol/rest.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The trading gateway: maps both ways. Commands carry a correlation id that their one reply repeats; events carry none
/// (man 7 omenctl-protocol has the documented and assumed parts).
namespace omen::gw {

using wire::field;
using wire::message;
using wire::record;

/// An order as the exchange keeps it: the "Order" in listings and executions.
struct OrderState {
    OrderId order_id;
    ClientOrderId client_order_id;
    MarketId market_id;
    Side side = Side::buy;
    OrderType order_type = OrderType::limit;
    std::optional<Decimal> price;
    Decimal size; ///< the total, filled part included
    Decimal filled_size;
    std::optional<Decimal> average_price;
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false;
    OrderStatus status = OrderStatus::open;
    Timestamp timestamp;

    static constexpr auto declaration() {
        return record(
            "Order", field("order_id", &OrderState::order_id), field("client_order_id", &OrderState::client_order_id),
            field("market_id", &OrderState::market_id), field("side", &OrderState::side),
            field("order_type", &OrderState::order_type), field("price", &OrderState::price),
            field("size", &OrderState::size), field("filled_size", &OrderState::filled_size),
            field("average_price", &OrderState::average_price), field("time_in_force", &OrderState::time_in_force),
            field("post_only", &OrderState::post_only), field("reduce_only", &OrderState::reduce_only),
            field("status", &OrderState::status), field("timestamp", &OrderState::timestamp));
    }
};

// ---- commands

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
    MarketId market_id;
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
                       field("order_type", &Order::order_type), field("price", &Order::price),
                       field("size", &Order::size), field("time_in_force", &Order::time_in_force),
                       field("post_only", &Order::post_only), field("reduce_only", &Order::reduce_only));
    }
};

struct Cancel {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};

    static constexpr auto declaration() {
        return message("cancel", field("id", &Cancel::id), field("order_id", &Cancel::order_id),
                       field("client_order_id", &Cancel::client_order_id));
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
                       field("size", &Amend::size));
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

// ---- replies

struct Authenticated {
    std::uint64_t id = 0;
    std::string account;
    std::optional<std::string> wallet;
    std::vector<Permission> permissions;
    Timestamp expires_at;

    static constexpr auto declaration() {
        return message("authenticated", field("id", &Authenticated::id), field("account", &Authenticated::account),
                       field("wallet", &Authenticated::wallet), field("permissions", &Authenticated::permissions),
                       field("expires_at", &Authenticated::expires_at));
    }
};

struct Pong {
    std::uint64_t id = 0;
    Timestamp timestamp;

    static constexpr auto declaration() {
        return message("pong", field("id", &Pong::id), field("timestamp", &Pong::timestamp));
    }
};

struct OrderAccepted {
    std::uint64_t id = 0;
    OrderId order_id;
    ClientOrderId client_order_id;
    OrderStatus status = OrderStatus::open;
    Decimal filled_size;
    std::optional<Decimal> average_price;
    Timestamp timestamp;

    static constexpr auto declaration() {
        return message("order_accepted", field("id", &OrderAccepted::id), field("order_id", &OrderAccepted::order_id),
                       field("client_order_id", &OrderAccepted::client_order_id),
                       field("status", &OrderAccepted::status), field("filled_size", &OrderAccepted::filled_size),
                       field("average_price", &OrderAccepted::average_price),
                       field("timestamp", &OrderAccepted::timestamp));
    }
};

struct OrderRejected {
    std::uint64_t id = 0;
    ClientOrderId client_order_id;
    std::string code;
    std::string message;

    static constexpr auto declaration() {
        return wire::message("order_rejected", field("id", &OrderRejected::id),
                             field("client_order_id", &OrderRejected::client_order_id),
                             field("code", &OrderRejected::code), field("message", &OrderRejected::message));
    }
};

struct CancelAccepted {
    std::uint64_t id = 0;
    OrderId order_id;
    ClientOrderId client_order_id;
    Decimal remaining_size; ///< what was cancelled

    static constexpr auto declaration() {
        return message("cancel_accepted", field("id", &CancelAccepted::id),
                       field("order_id", &CancelAccepted::order_id),
                       field("client_order_id", &CancelAccepted::client_order_id),
                       field("remaining_size", &CancelAccepted::remaining_size));
    }
};

struct CancelRejected {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id;
    std::optional<ClientOrderId> client_order_id;
    std::string code;
    std::string message;

    static constexpr auto declaration() {
        return wire::message("cancel_rejected", field("id", &CancelRejected::id),
                             field("order_id", &CancelRejected::order_id),
                             field("client_order_id", &CancelRejected::client_order_id),
                             field("code", &CancelRejected::code), field("message", &CancelRejected::message));
    }
};

struct CancelledAll {
    std::uint64_t id = 0;
    std::vector<OrderId> order_ids;

    static constexpr auto declaration() {
        return message("cancelled_all", field("id", &CancelledAll::id), field("order_ids", &CancelledAll::order_ids));
    }
};

struct AmendAccepted {
    std::uint64_t id = 0;
    OrderId order_id;
    ClientOrderId client_order_id;
    Decimal price;
    Decimal size;
    Decimal remaining_size;
    std::optional<bool> kept_priority; ///< absent where it is not known

    static constexpr auto declaration() {
        return message("amend_accepted", field("id", &AmendAccepted::id), field("order_id", &AmendAccepted::order_id),
                       field("client_order_id", &AmendAccepted::client_order_id), field("price", &AmendAccepted::price),
                       field("size", &AmendAccepted::size), field("remaining_size", &AmendAccepted::remaining_size),
                       field("kept_priority", &AmendAccepted::kept_priority));
    }
};

struct AmendRejected {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id;
    std::optional<ClientOrderId> client_order_id;
    std::string code;
    std::string message;

    static constexpr auto declaration() {
        return wire::message("amend_rejected", field("id", &AmendRejected::id),
                             field("order_id", &AmendRejected::order_id),
                             field("client_order_id", &AmendRejected::client_order_id),
                             field("code", &AmendRejected::code), field("message", &AmendRejected::message));
    }
};

// Account state: a reply with an id, an event without. `sequence`, where it is given, is the drop-copy sequence
// included.

struct Balance {
    std::optional<std::uint64_t> id;
    std::string wallet;
    Decimal total;
    Decimal available;
    Decimal margin_used;
    std::optional<std::uint64_t> sequence;

    static constexpr auto declaration() {
        return message("balance", field("id", &Balance::id), field("wallet", &Balance::wallet),
                       field("total", &Balance::total), field("available", &Balance::available),
                       field("margin_used", &Balance::margin_used), field("sequence", &Balance::sequence));
    }
};

struct Positions {
    std::optional<std::uint64_t> id;
    std::string wallet;
    std::vector<rest::PositionResponse> positions;
    std::optional<std::uint64_t> sequence;

    static constexpr auto declaration() {
        return message("positions", field("id", &Positions::id), field("wallet", &Positions::wallet),
                       field("positions", &Positions::positions), field("sequence", &Positions::sequence));
    }
};

struct Pnl {
    std::optional<std::uint64_t> id;
    std::string wallet;
    Decimal realized;
    Decimal unrealized;
    Decimal funding;
    Decimal fees;
    std::optional<std::uint64_t> sequence;

    static constexpr auto declaration() {
        return message("pnl", field("id", &Pnl::id), field("wallet", &Pnl::wallet), field("realized", &Pnl::realized),
                       field("unrealized", &Pnl::unrealized), field("funding", &Pnl::funding),
                       field("fees", &Pnl::fees), field("sequence", &Pnl::sequence));
    }
};

struct Orders {
    std::optional<std::uint64_t> id;
    std::string wallet;
    std::vector<OrderState> orders; ///< open ones only
    std::optional<std::uint64_t> sequence;

    static constexpr auto declaration() {
        return message("orders", field("id", &Orders::id), field("wallet", &Orders::wallet),
                       field("orders", &Orders::orders), field("sequence", &Orders::sequence));
    }
};

struct Subscribed {
    std::uint64_t id = 0;
    std::string channel;
    std::optional<std::uint64_t> sequence; ///< drop_copy: the last one issued so far

    static constexpr auto declaration() {
        return message("subscribed", field("id", &Subscribed::id), field("channel", &Subscribed::channel),
                       field("sequence", &Subscribed::sequence));
    }
};

struct Unsubscribed {
    std::uint64_t id = 0;
    std::string channel;

    static constexpr auto declaration() {
        return message("unsubscribed", field("id", &Unsubscribed::id), field("channel", &Unsubscribed::channel));
    }
};

struct ErrorReply {
    std::optional<std::uint64_t> id; ///< without it, the error belongs to no command
    std::string code;
    std::string message;
    std::optional<std::uint64_t> retry_after_ms;

    static constexpr auto declaration() {
        return wire::message("error", field("id", &ErrorReply::id), field("code", &ErrorReply::code),
                             field("message", &ErrorReply::message),
                             field("retry_after_ms", &ErrorReply::retry_after_ms));
    }
};

// ---- events

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

using ServerMessage = std::variant<Authenticated, Pong, OrderAccepted, OrderRejected, CancelAccepted, CancelRejected,
                                   CancelledAll, AmendAccepted, AmendRejected, Balance, Positions, Pnl, Orders,
                                   Subscribed, Unsubscribed, ErrorReply, Execution, DropCopyGap, wire::Unknown>;

// ---- which reply answers which command

/// The reply that says a command was carried out, and whether the command changes anything.
template <class Command> struct Answer;
template <class ReplyType, bool is_write> struct AnsweredBy {
    using Reply = ReplyType;
    static constexpr bool write = is_write;
};
template <> struct Answer<Auth> : AnsweredBy<Authenticated, false> {};
template <> struct Answer<Ping> : AnsweredBy<Pong, false> {};
template <> struct Answer<Order> : AnsweredBy<OrderAccepted, true> {};
template <> struct Answer<Cancel> : AnsweredBy<CancelAccepted, true> {};
template <> struct Answer<CancelAll> : AnsweredBy<CancelledAll, true> {};
template <> struct Answer<Amend> : AnsweredBy<AmendAccepted, true> {};
template <> struct Answer<GetBalance> : AnsweredBy<Balance, false> {};
template <> struct Answer<GetPositions> : AnsweredBy<Positions, false> {};
template <> struct Answer<GetPnl> : AnsweredBy<Pnl, false> {};
template <> struct Answer<GetOrders> : AnsweredBy<Orders, false> {};
template <> struct Answer<Subscribe> : AnsweredBy<Subscribed, false> {};
template <> struct Answer<Unsubscribe> : AnsweredBy<Unsubscribed, false> {};

template <class Command> using ReplyTo = typename Answer<Command>::Reply;

/// The correlation id of a message that the gateway sent; nothing for an event.
std::optional<std::uint64_t> reply_id(const ServerMessage& message);

/// The documented limit on one client message, in bytes.
inline constexpr std::size_t max_client_message = 65536;

} // namespace omen::gw
