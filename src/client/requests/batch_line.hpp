#pragma once

#include "client/trading/reading.hpp"
#include "protocol/gateway/commands.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen {

/// One line of a batch: a command in JSON with the order message's keys and human decimals. Markets are named by symbol
/// or id, as they were written.
struct BatchLine {
    gw::TradingCommand command;
    std::vector<std::string> markets{};    ///< of an order or cancel_all; several must all be names of one
    std::optional<OrderRef> named_twice{}; ///< an order to cancel or amend; the command has its order_id alone
    bool minted = false;                   ///< its client order id is a new one of ours

    /// Reads a line. An order without a client_order_id gets a new one. Keys of an order record that say nothing about
    /// the op are ignored, so that orders as they are printed can be fed back. A DecodeError names the key; an unknown
    /// key is one, with the nearest that there is.
    static BatchLine parse(std::string_view json);
};

/// What a line says that it is, whether or not it can be carried out.
struct BatchLabel {
    std::string op{};
    std::optional<ClientOrderId> client_order_id{};

    /// As far as the line can be read.
    static BatchLabel of(std::string_view json);
};

/// "order", "cancel", "cancel_all" or "amend"
template <class... Commands> std::string_view op_of(const std::variant<Commands...>& command) {
    return std::visit([]<class Command>(const Command&) { return wire::declaration_of<Command>.name; }, command);
}

} // namespace omen
