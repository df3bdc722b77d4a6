#pragma once

#include "client/markets/gate.hpp"
#include "client/session/gateway_error.hpp"
#include "client/trading/earlier_orders.hpp"
#include "client/trading/evidence.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What goes into the trading engine and what comes out of it.
namespace omen::trading {

/// What can be asked for over a trading session: what changes something, and the reads that belong to it.
using Request = std::variant<gw::Order, gw::Cancel, gw::CancelAll, gw::Amend, gw::GetOrders, gw::GetPositions>;
/// In place of an answer: the limits allow it, and nothing more was wanted.
struct Allowed {};
using Reply = std::variant<gw::OrderAccepted, gw::CancelAccepted, gw::CancelledAll, gw::AmendAccepted, gw::Orders,
                           gw::Positions, Allowed>;

/// What a request is beside what it asks for.
struct Handling {
    bool minted = false;     ///< its client order id is a new one of ours
    bool flattens = false;   ///< it only ends positions, to which no limits apply
    bool check_only = false; ///< nothing is sent: whether the limits allow it is all that is wanted
};

/// A moment: `mono` is what durations are measured by, `wall` what the exchange's timestamps are compared with.
struct Instant {
    Clock::time_point mono{};
    Timestamp wall{};
};

/// How a request ended. Every one that was submitted has exactly one.
struct Result {
    std::uint64_t line = 0; ///< as it was submitted
    Request request;
    std::variant<Reply, Error> outcome;
    std::optional<gw::OrderState> order{}; ///< of an order that was accepted: its last known state
    bool was_earlier = false;              ///< nothing was sent: an earlier order of ours is this one
    bool ended = false;                    ///< that is how it ended
    std::optional<Error> end_unknown{};    ///< why the end of an order that was followed can't be learnt
};

namespace event {

/// A session is wanted before there is anything to send.
struct Wanted {};
struct Submitted {
    std::uint64_t line = 0;
    Request request;
    Handling handling{};
    std::shared_ptr<const Gate> gate{};  ///< that it must pass; nothing once it has
    EarlierOrders earlier{};             ///< of an order: what the journal has under its client order id
    std::optional<Error> not_searched{}; ///< why it can't be told what the journal has
};
/// The intents of the last WriteIntents are in the journal, under these names.
struct IntentsWritten {
    std::vector<std::string> entries;
};
struct IntentsFailed {
    Error error;
};
/// A connection is there; nothing has been sent over it.
struct Opened {};
/// There is none, and nothing was sent.
struct OpenFailed {
    Error error;
};
/// Of the messages up to a correlation id that were to be sent, those up to this one had at least one byte handed over
/// to the system.
struct Left {
    std::uint64_t last_id = 0;
    std::uint64_t of_id = 0;
};
struct Ended {
    SessionEnd how = SessionEnd::broken;
    std::string reason;
};
struct Received {
    gw::ServerMessage message;
};
/// A whole message that says nothing.
struct Unreadable {
    std::string why;
};
/// The side of the book that an order would meet, or why it can't be read.
struct BookRead {
    std::uint64_t key = 0;
    std::variant<std::vector<Level>, Error> levels;
};
struct LookedUp {
    Reading reading;
};
struct LookUpFailed {
    Error error;
};
struct Signal {
    int number = 0;
};
/// Time has passed.
struct Time {};

} // namespace event

using Event = std::variant<event::Wanted, event::Submitted, event::IntentsWritten, event::IntentsFailed, event::Opened,
                           event::OpenFailed, event::Left, event::Ended, event::Received, event::Unreadable,
                           event::BookRead, event::LookedUp, event::LookUpFailed, event::Signal, event::Time>;

namespace action {

/// Connect by then, with the token as it is or one that was asked for anew. Answered by Opened or OpenFailed.
struct Open {
    Clock::time_point by;
};
/// Write these down, all in one write. Answered by IntentsWritten or IntentsFailed.
struct WriteIntents {
    std::vector<gw::TradingCommand> commands;
};
/// Whose the session is, as it has turned out, and its first sequence: for the journal.
struct SessionKnown {
    Holder holder;
    std::optional<std::uint64_t> start;
};
/// The messages of one write, in their order. `token` of an Auth is left to whoever has it. Answered by Left, or Ended.
struct Send {
    using Message = std::variant<gw::Auth, gw::Subscribe, gw::Unsubscribe, gw::Order, gw::Cancel, gw::CancelAll,
                                 gw::Amend, gw::GetOrders, gw::GetPositions>;
    std::vector<Message> messages;
};
/// Break the connection off, so that nothing that is queued is delivered any more. It is over with that.
struct Reset {};
/// Read the records in a session of its own, by then: the open orders, then, unless they tell enough, a replay from a
/// sequence. Answered by LookedUp or LookUpFailed, out of turn; there is one look-up at a time.
struct LookUp {
    std::vector<OrderRef> wanted;
    std::uint64_t from = 1;
    std::function<bool(const Reading&)> is_enough;
    Clock::time_point by;
    bool renew_token = false; ///< the one at hand was refused
};
/// Its answer is not waited for any more.
struct CutLookUp {};
/// Read the side of a market's book that an order would meet. Answered by BookRead with the same key.
struct ReadBook {
    std::uint64_t key = 0;
    MarketId market;
    Side side = Side::buy; ///< the order's
};
/// A result is large and passes through several hands: they hand on where it is.
struct Report {
    std::shared_ptr<Result> result;
};
/// What became of what stands in the journal under this name.
struct WriteOutcome {
    std::string entry;
    JournalOutcome outcome;
    bool of_another = false; ///< the entry is another process's
};
struct Note {
    std::string text;
};
/// There is no session, for this reason, and no request to be told so.
struct Refused {
    Error error;
};

} // namespace action

using Action = std::variant<action::Open, action::WriteIntents, action::SessionKnown, action::Send, action::Reset,
                            action::LookUp, action::CutLookUp, action::ReadBook, action::Report, action::WriteOutcome,
                            action::Note, action::Refused>;
using Actions = std::vector<Action>;

CommandLabel label_of(const Request& request);
Request request_of(gw::TradingCommand command);
/// Whether it changes anything; otherwise it is a read.
bool is_write(const Request& request);
/// The request as what it changes; nothing of a read.
std::optional<gw::TradingCommand> trading_command(const Request& request);

} // namespace omen::trading
