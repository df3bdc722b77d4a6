#pragma once

#include "protocol/gateway/commands.hpp"
#include "protocol/gateway/events.hpp"
#include "protocol/gateway/replies.hpp"
#include "protocol/wire/codec.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

/// The trading gateway: maps both ways. Commands carry a correlation id that their one reply repeats; events carry none
/// (man 7 omenctl-protocol has the documented and assumed parts).
namespace omen::gw {

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
/// The correlation id in a message's bytes; nothing where it has none or is no map. Throws DecodeError.
std::optional<std::uint64_t> message_id(std::string_view bytes);

} // namespace omen::gw
