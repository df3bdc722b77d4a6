#pragma once

#include "client/feeds/drop_copy_sequence.hpp"
#include "client/session/command_pace.hpp"
#include "client/session/gateway_error.hpp"
#include "client/trading/evidence.hpp"
#include "client/trading/journal_format.hpp"
#include "core/error.hpp"
#include "system/backoff.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

/// The trading engine: everything that is known about commands in flight, as one value without I/O or clock. Events go
/// in, actions come out; whoever carries the actions out (the desk) decides nothing.
namespace omen::trading {

/// What can be asked for over a trading session: what changes something, and the reads that belong to it.
using Request = std::variant<gw::Order, gw::Cancel, gw::CancelAll, gw::Amend, gw::GetOrders, gw::GetPositions>;
using Reply =
    std::variant<gw::OrderAccepted, gw::CancelAccepted, gw::CancelledAll, gw::AmendAccepted, gw::Orders, gw::Positions>;

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
    bool ended = false;                    ///< that is how it ended
    std::optional<Error> end_unknown{};    ///< why the end of an order that was followed can't be learnt
};

namespace event {

/// A session is wanted before there is anything to send.
struct Wanted {};
struct Submitted {
    std::uint64_t line = 0;
    Request request;
    bool minted = false; ///< its client order id is a new one of ours
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
                           event::LookedUp, event::LookUpFailed, event::Signal, event::Time>;

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
struct Report {
    Result result;
};
/// What became of what stands in the journal under this name.
struct WriteOutcome {
    std::string entry;
    JournalOutcome outcome;
};
struct Note {
    std::string text;
};
/// There is no session, for this reason, and no request to be told so.
struct Refused {
    Error error;
};

} // namespace action

using Action =
    std::variant<action::Open, action::WriteIntents, action::SessionKnown, action::Send, action::Reset, action::LookUp,
                 action::CutLookUp, action::Report, action::WriteOutcome, action::Note, action::Refused>;
using Actions = std::vector<Action>;

CommandLabel label_of(const Request& request);
Request request_of(gw::TradingCommand command);
/// The request as what it changes; nothing of a read.
std::optional<gw::TradingCommand> trading_command(const Request& request);

class Engine {
  public:
    struct Options {
        Milliseconds timeout{10'000};                     ///< of each command, from when it leaves
        Clock::time_point end = Clock::time_point::max(); ///< of everything: that of a one-shot command
        bool journal = true;
        bool paced = true;                        ///< never faster than the documented limits
        bool pipeline = true;                     ///< the first commands leave in one write with `auth`
        std::optional<Milliseconds> follow_for{}; ///< an order's result waits so long for its end
        std::uint64_t seed = 1;                   ///< of the jitter
    };

    /// How long outcomes are still found out after a signal.
    static constexpr Milliseconds grace{3'000};

    explicit Engine(Options options);

    /// The one way in. Actions are to be carried out in their order; what they bring about comes as events.
    Actions on(Event event, Instant now);
    /// When Time is to be the next event, at the latest.
    Clock::time_point wakes_at() const;
    /// Whether more may be submitted: a stream of commands waits while the exchange does not keep up.
    bool takes_input(Clock::time_point now) const;
    /// How many results are still to come.
    std::size_t unfinished() const { return commands_.size(); }
    /// Whether there is nothing to wait for.
    bool is_idle() const { return commands_.empty(); }
    /// Whether a session is there whose `auth` was accepted.
    bool is_authenticated() const { return session_ && session_->authenticated; }
    /// The first signal that came.
    std::optional<int> signal() const { return signal_; }

  private:
    enum class State {
        ready,    ///< to leave as soon as it may
        intended, ///< to leave once it is in the journal
        sent,     ///< its answer is waited for
        lost,     ///< it is looked up; its answer still counts where the session lives
        followed, ///< an order that was accepted, whose end is waited for
    };
    using Key = std::uint64_t; ///< in the order of submission
    struct Command {
        event::Submitted submitted;
        std::optional<gw::TradingCommand> trading{}; ///< the same as what it changes; nothing of a read
        State state = State::ready;
        std::string entry{};
        std::uint64_t id = 0;                  ///< its correlation id
        std::shared_ptr<SessionFacts> facts{}; ///< of its session
        bool with_auth = false;                ///< it left before its session was authenticated
        bool resent = false;
        bool has_left = false;                      ///< at least a byte of it
        Instant sent_at{};
        std::uint64_t messages_before = 0; ///< that its session had received when it left
        Clock::time_point answer_by = Clock::time_point::max();
        Clock::time_point deadline = Clock::time_point::max();
        std::string why{}; ///< it is lost
        bool wants_all = false;
        std::optional<Result> result{}; ///< of one that is followed
    };
    struct Session {
        bool open = false; ///< otherwise it is being opened
        bool greeted = false;
        bool authenticated = false;
        std::shared_ptr<SessionFacts> facts = std::make_shared<SessionFacts>();
        std::uint64_t last_id = 0;
        std::uint64_t auth_id = 0;
        Clock::time_point auth_by = Clock::time_point::max(); ///< where nothing else waits for an answer
        std::uint64_t subscribe_id = 0;
        std::uint64_t messages = 0;
        CommandPace pace{};
        std::map<std::uint64_t, Key> by_id{};  ///< whose answers are awaited
        std::map<std::uint64_t, Key> late{};   ///< whose answers are awaited no more, and would still count
        std::vector<Key> refused_early{};      ///< unauthenticated, and the `auth` is not answered yet
        std::optional<gw::ErrorReply> error{}; ///< the last one that belonged to no command
    };
    struct LookUpState {
        bool running = false;
        Clock::time_point next = Clock::time_point::max(); ///< not before
        std::set<Key> keys{};                              ///< what the running one is about
        bool renewed = false;                              ///< the token, as it was refused
        std::string trouble{};                             ///< what the last one came to, where it did not decide
    };

    // What each event does.
    void handle(event::Wanted&&) { wanted_ = true; }
    void handle(event::Submitted&& event);
    void handle(event::IntentsWritten&& event);
    void handle(event::IntentsFailed&& event);
    void handle(event::Opened&& event);
    void handle(event::OpenFailed&& event);
    void handle(event::Left&& event);
    void handle(event::Ended&& event);
    void handle(event::Received&& event);
    void handle(event::Unreadable&& event);
    void handle(event::LookedUp&& event);
    void handle(event::LookUpFailed&& event);
    void handle(event::Signal&& event);
    void handle(event::Time&&) { expire(); }

    Clock::time_point now() const { return now_.mono; }
    void act(Action action) { actions_.push_back(std::move(action)); }

    // Opening and sending.
    void advance();
    bool wants_session() const;
    void open_session();
    void let_leave();
    bool lets_leave() const;
    std::vector<Key> next_in_turn() const;
    std::vector<Key> may_leave();
    std::optional<Clock::duration> turn_of(Key key, std::size_t ahead = 0) const;
    bool waits_for_another(const Command& command) const;
    void send(const std::vector<Key>& keys);
    std::vector<action::Send::Message> greeting();
    void resend(const std::vector<Key>& keys);
    void intend_anew(Key key);

    // What the gateway says.
    void on_reply(std::uint64_t id, gw::ServerMessage&& message);
    void on_auth_reply(gw::ServerMessage&& message);
    void on_subscribed(gw::ServerMessage&& message);
    void on_answer(Key key, gw::ServerMessage&& message);
    void on_event(gw::ServerMessage&& message);
    void refuse_session(const Error& why);
    void end_session(SessionEnd how, const std::string& reason);

    // Following.
    void follow(Key key, gw::OrderState order, Reply reply);
    void on_execution(const gw::Execution& execution);
    void on_drop_copy(const DropCopySequence::Step& step);
    void miss_state(Clock::time_point look_up_at);
    void update_followed(const gw::OrderState& order);
    void end_follow(Key key, bool ended, std::optional<Error> why = {});

    // Losing and looking up.
    void lose(Key key, const std::string& why);
    void expire();
    void schedule_look_up(Clock::time_point at);
    void look_up();
    SessionFacts facts_of(const Command& command) const;
    LostCommand lost_command(Key key) const;
    void conclude(Key key, const Fate& fate);
    void judge_followed(const Reading& reading);

    // Ending.
    void answered(Key key, Reply reply, std::optional<gw::OrderState> state = {});
    void fail(Key key, const Error& error, const char* outcome);
    void not_sent(Key key, const std::string& why);
    void unknown(Key key, const std::string& why);
    void settle(const Command& command, JournalOutcome outcome);
    void report(Key key, std::variant<Reply, Error> outcome);
    void forget(Key key);

    Options options_;
    Instant now_{};
    Actions actions_;
    std::map<Key, Command> commands_;
    Key last_key_ = 0;
    std::deque<Key> ready_;
    Clock::time_point turn_at_ = Clock::time_point::max(); ///< when the limits let the next one leave
    std::vector<Key> intended_;
    std::shared_ptr<SessionFacts> intended_for_; ///< the session
    Clock::time_point intended_at_{};
    std::set<Key> lost_;
    std::set<Key> followed_;
    std::set<ClientOrderId> placing_; ///< of orders whose answers are awaited
    std::set<ClientOrderId> placed_;  ///< of orders that were placed, or may have been
    std::map<ClientOrderId, gw::OrderState> early_; ///< states that came before their order's answer
    std::optional<Session> session_;
    std::optional<DropCopySequence> drop_copy_; ///< where orders are followed
    bool state_missing_ = false;                ///< executions are missing for good: what is followed is looked up
    Backoff reopen_;
    std::optional<Clock::time_point> reopen_at_;
    std::optional<Clock::time_point> reopen_until_;
    bool wanted_ = false; ///< a session, whether or not there is anything to send
    bool was_open_ = false;
    bool gave_up_ = false; ///< waiting for a session was in vain
    bool has_sent_ = false;
    LookUpState look_up_{};
    Backoff look_again_;
    std::map<std::string, std::uint64_t> seen_; ///< by wallet, in lower case: the greatest sequence that a look-up saw
    std::optional<int> signal_;
};

} // namespace omen::trading
