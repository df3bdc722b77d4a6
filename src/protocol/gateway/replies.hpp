#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "protocol/gateway/order.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/declaration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the trading gateway answers: each reply has its command's `id`.
namespace omen::gw {

using wire::field;
using wire::message;
using wire::one_of;

struct Authenticated {
    std::uint64_t id = 0;
    std::optional<std::string> account{};
    std::optional<std::string> wallet{};
    std::optional<std::vector<Open<Permission>>> permissions{};
    std::optional<Timestamp> expires_at{};

    static constexpr auto declaration() {
        return message("authenticated", field("id", &Authenticated::id), field("account", &Authenticated::account),
                       field("wallet", &Authenticated::wallet), field("permissions", &Authenticated::permissions),
                       field("expires_at", &Authenticated::expires_at));
    }
};

struct Pong {
    std::uint64_t id = 0;
    std::optional<Timestamp> timestamp{};

    static constexpr auto declaration() {
        return message("pong", field("id", &Pong::id), field("timestamp", &Pong::timestamp));
    }
};

struct OrderAccepted {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<Open<OrderStatus>> status{};
    std::optional<Decimal> filled_size{};
    std::optional<Decimal> average_price{};
    std::optional<Timestamp> timestamp{};
    std::optional<Decimal> size{}; ///< where it is less than was asked for: a reduce-only order was cut

    static constexpr auto declaration() {
        return message("order_accepted", field("id", &OrderAccepted::id), field("order_id", &OrderAccepted::order_id),
                       field("client_order_id", &OrderAccepted::client_order_id),
                       field("status", &OrderAccepted::status), field("filled_size", &OrderAccepted::filled_size),
                       field("average_price", &OrderAccepted::average_price),
                       field("timestamp", &OrderAccepted::timestamp), field("size", &OrderAccepted::size))
            .needs(one_of("order_id", "client_order_id"));
    }
};

struct OrderRejected {
    std::optional<std::uint64_t> id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<std::string> code{};
    std::optional<std::string> message{};

    static constexpr auto declaration() {
        return wire::message("order_rejected", field("id", &OrderRejected::id),
                             field("client_order_id", &OrderRejected::client_order_id),
                             field("code", &OrderRejected::code), field("message", &OrderRejected::message))
            .needs(one_of("code", "message"));
    }
};

struct CancelAccepted {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<Decimal> remaining_size{}; ///< what was cancelled

    static constexpr auto declaration() {
        return message("cancel_accepted", field("id", &CancelAccepted::id),
                       field("order_id", &CancelAccepted::order_id),
                       field("client_order_id", &CancelAccepted::client_order_id),
                       field("remaining_size", &CancelAccepted::remaining_size))
            .needs(one_of("order_id", "client_order_id"));
    }
};

struct CancelRejected {
    std::optional<std::uint64_t> id{};
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<std::string> code{};
    std::optional<std::string> message{};

    static constexpr auto declaration() {
        return wire::message("cancel_rejected", field("id", &CancelRejected::id),
                             field("order_id", &CancelRejected::order_id),
                             field("client_order_id", &CancelRejected::client_order_id),
                             field("code", &CancelRejected::code), field("message", &CancelRejected::message))
            .needs(one_of("code", "message"));
    }
};

struct CancelledAll {
    std::uint64_t id = 0;
    std::optional<std::vector<OrderId>> order_ids{};

    static constexpr auto declaration() {
        return message("cancelled_all", field("id", &CancelledAll::id), field("order_ids", &CancelledAll::order_ids));
    }
};

struct AmendAccepted {
    std::uint64_t id = 0;
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};
    std::optional<Decimal> remaining_size{};
    std::optional<bool> kept_priority{}; ///< absent where it is not known

    static constexpr auto declaration() {
        return message("amend_accepted", field("id", &AmendAccepted::id), field("order_id", &AmendAccepted::order_id),
                       field("client_order_id", &AmendAccepted::client_order_id), field("price", &AmendAccepted::price),
                       field("size", &AmendAccepted::size), field("remaining_size", &AmendAccepted::remaining_size),
                       field("kept_priority", &AmendAccepted::kept_priority))
            .needs(one_of("order_id", "client_order_id"));
    }
};

struct AmendRejected {
    std::optional<std::uint64_t> id{};
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};
    std::optional<std::string> code{};
    std::optional<std::string> message{};

    static constexpr auto declaration() {
        return wire::message("amend_rejected", field("id", &AmendRejected::id),
                             field("order_id", &AmendRejected::order_id),
                             field("client_order_id", &AmendRejected::client_order_id),
                             field("code", &AmendRejected::code), field("message", &AmendRejected::message))
            .needs(one_of("code", "message"));
    }
};

// Account state: a reply with an id, an event without. `sequence`, where it is given, is the drop-copy sequence
// included.

struct Balance {
    std::optional<std::uint64_t> id{};
    std::optional<std::string> wallet{};
    std::optional<Decimal> total{};
    std::optional<Decimal> available{};
    std::optional<Decimal> margin_used{};
    std::optional<std::uint64_t> sequence{};

    static constexpr auto declaration() {
        return message("balance", field("id", &Balance::id), field("wallet", &Balance::wallet),
                       field("total", &Balance::total), field("available", &Balance::available),
                       field("margin_used", &Balance::margin_used), field("sequence", &Balance::sequence))
            .needs(one_of("total", "available", "margin_used"));
    }
};

struct Positions {
    std::optional<std::uint64_t> id{};
    std::optional<std::string> wallet{};
    std::vector<rest::PositionResponse> positions;
    std::optional<std::uint64_t> sequence{};

    static constexpr auto declaration() {
        return message("positions", field("id", &Positions::id), field("wallet", &Positions::wallet),
                       field("positions", &Positions::positions), field("sequence", &Positions::sequence));
    }
};

struct Pnl {
    std::optional<std::uint64_t> id{};
    std::optional<std::string> wallet{};
    std::optional<Decimal> realized{};
    std::optional<Decimal> unrealized{};
    std::optional<Decimal> funding{};
    std::optional<Decimal> fees{};
    std::optional<std::uint64_t> sequence{};

    static constexpr auto declaration() {
        return message("pnl", field("id", &Pnl::id), field("wallet", &Pnl::wallet), field("realized", &Pnl::realized),
                       field("unrealized", &Pnl::unrealized), field("funding", &Pnl::funding),
                       field("fees", &Pnl::fees), field("sequence", &Pnl::sequence))
            .needs(one_of("realized", "unrealized", "funding", "fees"));
    }
};

struct Orders {
    std::optional<std::uint64_t> id{};
    std::optional<std::string> wallet{};
    std::vector<OrderState> orders; ///< open ones only
    std::optional<std::uint64_t> sequence{};

    static constexpr auto declaration() {
        return message("orders", field("id", &Orders::id), field("wallet", &Orders::wallet),
                       field("orders", &Orders::orders), field("sequence", &Orders::sequence));
    }
};

struct Subscribed {
    std::uint64_t id = 0;
    std::optional<std::string> channel{};
    std::optional<std::uint64_t> sequence{}; ///< drop_copy: the last one issued so far

    static constexpr auto declaration() {
        return message("subscribed", field("id", &Subscribed::id), field("channel", &Subscribed::channel),
                       field("sequence", &Subscribed::sequence));
    }
};

struct Unsubscribed {
    std::uint64_t id = 0;
    std::optional<std::string> channel{};

    static constexpr auto declaration() {
        return message("unsubscribed", field("id", &Unsubscribed::id), field("channel", &Unsubscribed::channel));
    }
};

struct ErrorReply {
    std::optional<std::uint64_t> id{}; ///< without it, the error belongs to no command
    std::optional<std::string> code{};
    std::optional<std::string> message{};
    std::optional<std::uint64_t> retry_after_ms{};

    static constexpr auto declaration() {
        return wire::message("error", field("id", &ErrorReply::id), field("code", &ErrorReply::code),
                             field("message", &ErrorReply::message),
                             field("retry_after_ms", &ErrorReply::retry_after_ms))
            .needs(one_of("code", "message"));
    }
};

} // namespace omen::gw
