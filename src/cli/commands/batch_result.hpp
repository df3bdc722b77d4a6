#pragma once

#include "core/enums.hpp"
#include "core/text.hpp"
#include "protocol/gateway/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// The result of one line.
struct BatchResult {
    std::uint64_t line = 0; ///< 0: a cancel of --cancel-on-exit
    std::string op{};
    std::string result{}; ///< "done", or the kind of the error
    std::optional<ClientOrderId> client_order_id{};
    std::optional<OrderId> order_id{};
    std::optional<Open<OrderStatus>> status{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};
    std::optional<Decimal> filled_size{};
    std::optional<Decimal> average_price{};
    std::optional<Decimal> remaining_size{};
    std::optional<bool> kept_priority{};
    std::optional<std::vector<OrderId>> order_ids{};
    std::optional<std::string> code{};
    std::optional<std::string> message{};

    static constexpr auto declaration() {
        using wire::field;
        return wire::record(
            "batch result", field("line", &BatchResult::line), field("op", &BatchResult::op),
            field("result", &BatchResult::result), field("client_order_id", &BatchResult::client_order_id),
            field("order_id", &BatchResult::order_id), field("status", &BatchResult::status),
            field("price", &BatchResult::price), field("size", &BatchResult::size),
            field("filled_size", &BatchResult::filled_size), field("average_price", &BatchResult::average_price),
            field("remaining_size", &BatchResult::remaining_size), field("kept_priority", &BatchResult::kept_priority),
            field("order_ids", &BatchResult::order_ids), field("code", &BatchResult::code),
            field("message", &BatchResult::message));
    }
};

inline constexpr std::string_view batch_columns[] = {
    "line", "op", "result", "client_order_id", "order_id", "status", "filled_size", "average_price", "code", "message"};

/// The result on one line: "line 3: order c-1: done (open, order o-1)".
inline std::string in_words(const BatchResult& view) {
    auto text = view.line == 0 ? std::string("--cancel-on-exit") : "line " + std::to_string(view.line);
    text += ": " + view.op;
    if (view.client_order_id) text += " " + view.client_order_id->value;
    text += ": " + view.result;
    std::string more;
    const auto add = [&](const std::string& part) { more += (more.empty() ? "" : ", ") + part; };
    if (view.status) add(std::string(to_string(*view.status)));
    if (view.order_id) add("order " + view.order_id->value);
    if (view.message) add(*view.message);
    return harmless(more.empty() ? text : text + " (" + more + ")");
}

/// Fills in what is known of an order, or what a reply says.
inline void fill(BatchResult& view, const gw::OrderState& order) {
    view.client_order_id = order.client_order_id;
    view.order_id = order.order_id;
    view.status = order.status;
    view.price = order.price;
    view.size = order.size;
    view.filled_size = order.filled_size;
    view.average_price = order.average_price;
}

inline void fill(BatchResult& view, const gw::CancelledAll& reply) {
    view.order_ids = reply.order_ids;
}
inline void fill(BatchResult& view, const gw::CancelAccepted& reply) {
    view.client_order_id = reply.client_order_id;
    view.order_id = reply.order_id;
    view.remaining_size = reply.remaining_size;
}
inline void fill(BatchResult& view, const gw::AmendAccepted& reply) {
    view.client_order_id = reply.client_order_id;
    view.order_id = reply.order_id;
    view.remaining_size = reply.remaining_size;
    view.price = reply.price;
    view.size = reply.size;
    view.kept_priority = reply.kept_priority;
}

} // namespace omen
