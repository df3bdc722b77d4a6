#pragma once

#include "client/feeds/drop_copy_sequence.hpp"
#include "client/session/command_pace.hpp"
#include "client/trading/engine_events.hpp"
#include "system/backoff.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

/// The trading engine: everything that is known about commands in flight, as one value without I/O or clock. Events go
/// in, actions come out; whoever carries the actions out (the desk) decides nothing.
namespace omen::trading {

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
    bool is_wanted() const { return wanted_; }
    /// The first signal that came.
    std::optional<int> signal() const { return signal_; }

  private:
    using Key = std::uint64_t; ///< in the order of submission
    /// Which commands amended an order, or may have, by each of its ids.
    using Amends = std::map<std::string, std::vector<Key>>;
    enum class State {
        ready,    ///< to leave as soon as it may
        intended, ///< to leave once it is in the journal
        sent,     ///< its answer is waited for
        lost,     ///< it is looked up; its answer still counts where the session lives
        asked,    ///< an order that has not left: an earlier one of its name is looked up
        followed, ///< an order that was accepted, whose end is waited for
    };
    struct Command {
        event::Submitted submitted;
        State state = State::ready;
        std::string entry{};
        std::uint64_t id = 0;                  ///< its correlation id
        std::shared_ptr<SessionFacts> facts{}; ///< of its session
        std::shared_ptr<Amends> amends{};      ///< in its session
        bool with_auth = false;                ///< it left before its session was authenticated
        bool resent = false;
        bool has_left = false; ///< at least a byte of it
        Instant sent_at{};
        std::uint64_t messages_before = 0; ///< that its session had received when it left
        Clock::time_point answer_by = Clock::time_point::max();
        Clock::time_point deadline = Clock::time_point::max();
        std::string why{}; ///< it is lost
        bool wants_all = false;
        bool all_takes_too_long = false;
        /// Whose record a look-up has found it in, and how far that went.
        std::optional<std::pair<Holder, std::uint64_t>> found_in{};
        std::optional<OrderRef> target{}; ///< of an amend at the gate, or behind it: its order, by both ids
        std::vector<gw::Order> judged{};  ///< at the gate: what it may come to be
        bool is_cleared = false;          ///< earlier ones of its name are of no matter
        bool was_earlier = false;         ///< one of them is it
        std::optional<Result> result{};   ///< of one that is followed
    };
    struct Session {
        Clock::time_point began{};
        bool open = false; ///< otherwise it is being opened
        bool greeted = false;
        bool authenticated = false;
        std::shared_ptr<SessionFacts> facts = std::make_shared<SessionFacts>();
        std::shared_ptr<Amends> amends = std::make_shared<Amends>();
        std::uint64_t last_id = 0;
        std::uint64_t auth_id = 0;
        Clock::time_point auth_by = Clock::time_point::max(); ///< where nothing else waits for an answer
        std::uint64_t subscribe_id = 0;
        std::uint64_t start_id = 0; ///< of the subscription in the greeting
        std::uint64_t messages = 0;
        CommandPace pace{};
        std::map<std::uint64_t, Key> by_id{};  ///< whose answers are awaited
        std::map<std::uint64_t, Key> late{};   ///< whose answers are awaited no more, and would still count
        std::vector<Key> refused_early{};      ///< unauthenticated, and the `auth` is not answered yet
        std::optional<gw::ErrorReply> error{}; ///< the last one that belonged to no command
    };
    /// An order of ours that is not outstanding any more, and was placed, or may have been.
    struct Placed {
        gw::Order order;
        Timestamp sent_at{};
        std::shared_ptr<SessionFacts> facts;
        std::optional<JournalOutcome> done{}; ///< nothing: it may have been placed
    };
    /// What a look-up has left open.
    struct LeftOpen {
        std::string why;
        bool wants_all = false;
    };
    /// What a look-up is about, as it was known when it began: nothing that was seen since is missing in what it reads.
    struct Object {
        SessionFacts facts{};    ///< of a lost command
        EarlierOrders earlier{}; ///< of an order that has not left
    };
    struct LookUpState {
        static constexpr Milliseconds shortest{8}; ///< none is expected to take less
        bool running = false;
        Clock::time_point began{};                         ///< the last one
        Clock::time_point by{};                            ///< it ends
        Clock::duration takes = shortest;                  ///< at most, as far as is known
        Clock::time_point next = Clock::time_point::max(); ///< not before
        std::map<Key, Object> objects{};                   ///< of the running one
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
    void handle(event::BookRead&& event);
    void handle(event::LookedUp&& event);
    void handle(event::LookUpFailed&& event);
    void handle(event::Signal&& event);
    void handle(event::Time&&) { expire(); }

    Clock::time_point now() const { return now_.mono; }
    void act(Action action) { actions_.push_back(std::move(action)); }

    // Opening and sending.
    void advance();
    bool wants_session() const;
    void let_leave();
    bool lets_leave() const;
    std::vector<Key> next_in_turn();
    std::vector<Key> may_leave();
    std::optional<Clock::duration> turn_of(Key key, std::size_t ahead = 0) const;
    bool waits_for_another(const Command& command) const;
    void send(const std::vector<Key>& keys);
    std::vector<action::Send::Message> greeting(bool with_commands);
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
    void subscribe_again();
    void miss_state(Clock::time_point look_up_at);
    void end_those_of_another_run(const Holder& holder, std::uint64_t issued);
    void update_followed(const gw::OrderState& order);
    static const Holder& holder_of(const Command& command);
    void end_follow(Key key, bool ended, std::optional<Error> why = {});

    // Losing and looking up.
    void lose(Key key, const std::string& why);
    void expire();
    void schedule_look_up(Clock::time_point at);
    void repeat_look_up(Clock::time_point at);
    Clock::time_point last_chance(const Command& command) const;
    std::optional<Clock::time_point> next_last_chance() const;
    Clock::time_point look_up_ends_by() const;
    void cut_look_up();
    bool reads_all(const Command& command) const;
    void look_up();
    SessionFacts up_to_date(SessionFacts facts, Clock::time_point sent_at = {}) const;
    void saw(const Holder& holder, std::uint64_t issued, Clock::time_point at);
    void note_amend(Key key, const OrderRef& answered);
    std::size_t amends_before(Key key) const;
    LostCommand lost_command(Key key) const;
    std::optional<LeftOpen> judge_lost(Key key, const SessionFacts& then, const Reading& reading);
    void conclude(Key key, const Fate& fate);
    void judge_followed(const Reading& reading);

    // The gate of limits.
    void reach_gate(Key key);
    void ask_targets();
    bool is_behind_another(Key key) const;
    std::optional<LeftOpen> judge_target(Key key, const Reading& reading);
    std::vector<gw::Order> amended(const gw::Amend& amend, const gw::OrderState& order) const;
    void judge_terms(Key key, std::optional<std::span<const Level>> opposite);
    void pass_gate(Key key);
    void stay_unamended(Key key, const std::string& why);

    // Orders whose names were given before.
    bool must_ask(const Command& command) const;
    void ask(Key key);
    EarlierOrders earlier_orders(const Command& command) const;
    std::optional<LeftOpen> judge_asked(Key key, const EarlierOrders& earlier, const Reading& reading);
    void clear(Key key);
    void stay_unsent(Key key, const std::string& why);

    // Ending.
    void answered(Key key, Reply reply, std::optional<gw::OrderState> state = {});
    void fail(Key key, const Error& error, const char* outcome);
    void not_sent(Key key, const std::string& why);
    void unknown(Key key, const std::string& why);
    void settle(const Command& command, JournalOutcome outcome);
    Error journal_failure(const Error& error) const;
    void report(Key key, std::variant<Reply, Error> outcome);
    void forget(Key key);

    Options options_;
    Instant now_{};
    Actions actions_;
    std::map<Key, Command> commands_;
    Key last_key_ = 0;
    std::set<Key> ready_;
    Clock::time_point turn_at_ = Clock::time_point::max(); ///< when the limits let the next one leave
    std::vector<Key> intended_;
    std::shared_ptr<SessionFacts> intended_for_; ///< the session
    Clock::time_point intended_at_{};
    std::set<Key> lost_; ///< what is looked up: lost, or asked
    std::set<Key> followed_;
    std::set<Key> at_gate_;                         ///< amends whose orders are still to be looked up
    std::set<ClientOrderId> placing_;               ///< of orders whose answers are awaited
    std::vector<gw::Amend> open_amends_;            ///< whose outcomes were not found out
    std::map<ClientOrderId, Placed> placed_;        ///< by the name that the user gave, or that was not found out
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
    /// By wallet, in lower case: sequences that were the last ones issued, and when that was asked.
    std::map<std::string, std::vector<std::pair<Clock::time_point, std::uint64_t>>> seen_;
    std::optional<int> signal_;
};

} // namespace omen::trading
