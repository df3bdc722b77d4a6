#pragma once

#include "protocol/gateway/commands.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace omen {

/// One line of a batch: a command in JSON with the order message's keys and human decimals. The market is named by
/// symbol or id, as it was written.
struct BatchLine {
    gw::TradingCommand command;
    std::optional<std::string> market{}; ///< of an order or cancel_all
    bool minted = false;                 ///< its client order id is a new one of ours

    /// Reads a line. An order without a client_order_id gets a new one. A DecodeError names the key; an unknown key is
    /// one, with the nearest that there is.
    static BatchLine parse(std::string_view json);
};

/// "order", "cancel", "cancel_all" or "amend"
template <class... Commands> std::string_view op_of(const std::variant<Commands...>& command) {
    return std::visit([]<class Command>(const Command&) { return wire::declaration_of<Command>.name; }, command);
}

} // namespace omen
