// The life of a command.
//
//     ready -> intended -> sent -> answered -----------------> reported
//                           |  \-> followed (an order) -------> reported
//                           \-> lost -> looked up -> (one of these) or: outcome unknown
//
// An order or amend that limits apply to passes the gate before anything else (engine_gate.cpp). An order whose client
// order id was given before is *asked* about first; then it becomes ready, or is reported without
// ever leaving (engine_earlier.cpp). A command is *ready* until a session is open, its turn has come by the exchange's
// limits, and no earlier command for the same order is lost. It is *intended* while the journal is being written, and
// *sent* from then on. It is *lost* when its session ends, its answer says nothing, or half of its time passes. Where
// nothing at all has come since it left, its session is given up, and everything that is outstanding there is lost with
// it; otherwise the session lives on, and an answer that comes late is still the answer. Lost commands are looked up,
// all in one reading, again and again until the evidence (evidence.hpp) decides or their time is over.
//
// Promises: a command has exactly one result; nothing is sent before its intent is written; nothing is sent twice, but
// for what travelled with its `auth` and was refused as `unauthenticated` although `auth` then succeeded: once, in its
// session, under the same entry. What is reported as executed, refused or not executed is so.
//
// This file has the way in and the way out: submitting and results. Opening and sending is in engine_sending.cpp, what
// the gateway says in engine_session.cpp, when commands are late in engine_schedule.cpp, losing and looking up in
// engine_look_up.cpp, limits in engine_gate.cpp, orders whose names were given before in engine_earlier.cpp.

#include "client/trading/engine.hpp"

#include "client/session/gateway_error.hpp"
#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace omen::trading {

namespace {

/// So many wait for their turn; more, where they need not, so that many share a write.
constexpr std::size_t most_ready = 64;
constexpr std::size_t most_ready_unpaced = 512;
constexpr std::size_t most_outstanding = 1024;
/// An intent that has not left by then is written down anew.
constexpr Milliseconds intent_is_good_for{5'000};
/// A stream of commands is held back where nothing has come for so long though something is outstanding.
constexpr Milliseconds stalled_after{1'000};

} // namespace

CommandLabel label_of(const Request& request) {
    return std::visit([](const auto& one) { return CommandLabel::of(one); }, request);
}

Request request_of(gw::TradingCommand command) {
    return std::visit([](auto&& one) -> Request { return std::move(one); }, std::move(command));
}

bool is_write(const Request& request) {
    return std::visit([]<class One>(const One&) { return std::is_constructible_v<gw::TradingCommand, One>; }, request);
}

std::optional<gw::TradingCommand> trading_command(const Request& request) {
    return std::visit(
        [](const auto& one) -> std::optional<gw::TradingCommand> {
            if constexpr (std::is_constructible_v<gw::TradingCommand, decltype(one)>) return gw::TradingCommand(one);
            return std::nullopt;
        },
        request);
}

namespace {

JournalOutcome outcome_of(const Reply& reply) {
    JournalOutcome done{.outcome = outcome::done};
    std::visit(
        [&](const auto& one) {
            if constexpr (requires { one.order_id; }) done.order_id = one.order_id;
            if constexpr (requires { one.status; })
                if (one.status) done.status = std::string(to_string(*one.status));
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, gw::OrderAccepted>) done.size = one.size;
        },
        reply);
    return done;
}

} // namespace

Engine::Engine(Options options)
    : options_(options),
      reopen_({.first = Milliseconds(50), .longest = Milliseconds(2'000)}, static_cast<unsigned>(options.seed)),
      look_again_({.first = Milliseconds(50), .longest = Milliseconds(2'000)}, static_cast<unsigned>(options.seed)) {}

Actions Engine::on(Event event, Instant now) {
    now_ = now;
    std::visit([this](auto&& one) { handle(std::move(one)); }, std::move(event));
    advance();
    return std::exchange(actions_, {});
}

bool Engine::takes_input(Clock::time_point now) const {
    const auto waiting = ready_.size() + std::count_if(lost_.begin(), lost_.end(), [&](Key key) {
                             return commands_.at(key).state == State::asked;
                         });
    if (signal_ || waiting >= (options_.paced ? most_ready : most_ready_unpaced)) return false;
    if (!session_ || session_->by_id.empty()) return true;
    if (session_->by_id.size() >= most_outstanding) return false;
    const auto& oldest = commands_.at(session_->by_id.begin()->second);
    return session_->messages > oldest.messages_before || now < oldest.sent_at.mono + stalled_after;
}

Clock::time_point Engine::wakes_at() const {
    auto next = Clock::time_point::max();
    const auto at = [&](Clock::time_point when) { next = std::min(next, when); };
    if (session_ && !session_->by_id.empty()) at(commands_.at(session_->by_id.begin()->second).answer_by);
    if (session_ && !session_->authenticated) at(session_->auth_by);
    for (const auto key : lost_) at(commands_.at(key).deadline);
    for (const auto key : followed_) at(commands_.at(key).deadline);
    if (!look_up_.running)
        at(look_up_.next);
    else if (look_up_ends_by() < look_up_.by)
        at(look_up_ends_by());
    if (!session_ && reopen_at_ && wants_session()) at(*reopen_at_);
    if (ready_.empty()) return next;
    at(options_.end);
    at(turn_at_);
    return next;
}

void Engine::handle(event::Submitted&& event) {
    const auto key = ++last_key_;
    auto& command =
        commands_.emplace(key, Command{.submitted = std::move(event), .deadline = options_.end}).first->second;
    ready_.insert(key);
    if (signal_) return not_sent(key, "interrupted");
    if (const auto& why = command.submitted.not_searched) return fail(key, journal_failure(*why), outcome::not_sent);
    if (command.submitted.gate) return reach_gate(key);
    if (must_ask(command) && !waits_for_another(command)) ask(key);
}

void Engine::handle(event::IntentsWritten&& event) {
    auto entry = event.entries.begin();
    const auto keys = std::exchange(intended_, {});
    for (const auto key : keys) {
        auto& command = commands_.at(key);
        if (is_write(command.submitted.request) && entry != event.entries.end()) command.entry = std::move(*entry++);
    }
    const bool is_good = session_ && session_->facts == intended_for_ && now() < intended_at_ + intent_is_good_for;
    if (is_good && !signal_) return send(keys);
    for (const auto key : keys) intend_anew(key);
}

/// What has not left with its session, or for long, is not to be taken for sent by whoever reads the journal.
void Engine::intend_anew(Key key) {
    if (signal_) return not_sent(key, "interrupted");
    auto& command = commands_.at(key);
    settle(command, {.outcome = outcome::not_sent});
    command.entry.clear();
    command.state = State::ready;
    ready_.insert(key);
}

/// What could not be written down is not sent.
void Engine::handle(event::IntentsFailed&& event) {
    const auto error = journal_failure(event.error);
    for (const auto key : std::exchange(intended_, {})) fail(key, error, outcome::not_sent);
}

/// Once something has been sent, a journal that fails is no longer a matter of the command line.
Error Engine::journal_failure(const Error& error) const {
    if (error.fault() != Fault::usage) return error;
    if (has_sent_) return {Fault::internal, error.what(), error.detail()};
    return {Fault::usage, std::string(error.what()) + "; nothing was sent", error.detail()};
}

void Engine::handle(event::Opened&&) {
    session_->open = true;
    // A look-up opens a session, too, and asks three things in turn.
    if (!was_open_) look_up_.takes = std::max(look_up_.takes, (now() - session_->began) * 15 / 2);
    was_open_ = true;
    gave_up_ = false;
    reopen_at_.reset();
    reopen_until_.reset();
    reopen_.connected(now());
}

/// Where there has been a session before, there may be one again in a while. Once that was waited for in vain, not
/// every further command need wait as long again.
void Engine::handle(event::OpenFailed&& event) {
    session_.reset();
    const bool is_passing = event.error.fault() == Fault::unreachable || event.error.fault() == Fault::rate_limited;
    if (!reopen_until_) reopen_until_ = now() + options_.timeout;
    const bool goes_on = is_passing && was_open_ && !gave_up_ && now() < *reopen_until_;
    if (!goes_on) {
        gave_up_ = was_open_;
        reopen_until_.reset();
        if (std::exchange(wanted_, false) && ready_.empty()) act(action::Refused{event.error});
        for (const auto key : std::exchange(ready_, {})) fail(key, event.error, outcome::not_sent);
        if (!is_passing)
            for (const auto key : std::set(followed_))
                end_follow(key, false, Error(Fault::protocol, event.error.what(), event.error.detail()));
    }
    reopen_at_ = now() + reopen_.pause(now());
}

/// What had no byte handed over was surely not sent.
void Engine::handle(event::Left&& event) {
    if (!session_) return;
    for (auto at = session_->by_id.begin(); at != session_->by_id.upper_bound(event.last_id); ++at)
        commands_.at(at->second).has_left = true;
    std::vector<Key> kept_back;
    const auto end = session_->by_id.upper_bound(event.of_id);
    for (auto at = session_->by_id.upper_bound(event.last_id); at != end; ++at) kept_back.push_back(at->second);
    for (const auto key : kept_back) not_sent(key, "the connection broke before");
}

void Engine::handle(event::Signal&& event) {
    const bool again = signal_.has_value();
    if (!signal_) signal_ = event.number;
    for (const auto key : std::exchange(ready_, {})) not_sent(key, "interrupted");
    for (const auto key : std::set(followed_)) end_follow(key, false);
    for (const auto key : std::set(lost_))
        if (commands_.at(key).submitted.gate) not_sent(key, "interrupted");
    std::vector<Key> left;
    for (auto& [key, command] : commands_) {
        command.deadline = std::min(command.deadline, now() + grace);
        command.answer_by = std::min(command.answer_by, now() + grace / 2);
        if (again || !is_write(command.submitted.request)) left.push_back(key);
    }
    for (const auto key : left) unknown(key, again ? "interrupted twice" : "interrupted");
}

void Engine::answered(Key key, Reply reply, std::optional<gw::OrderState> state) {
    auto& command = commands_.at(key);
    settle(command, outcome_of(reply));
    if (const auto* amended = std::get_if<gw::AmendAccepted>(&reply))
        note_amend(key, {amended->order_id, amended->client_order_id});
    const auto* accepted = std::get_if<gw::OrderAccepted>(&reply);
    if (accepted == nullptr) return report(key, std::move(reply));
    const auto& order = std::get<gw::Order>(command.submitted.request);
    // A name that was minted is never given again.
    if (!command.submitted.handling.minted && !command.was_earlier)
        placed_.insert_or_assign(order.client_order_id,
                                 Placed{order, command.sent_at.wall, command.facts, outcome_of(reply)});
    placing_.erase(order.client_order_id);
    if (auto early = early_.extract(order.client_order_id); early && !state) state = std::move(early.mapped());
    if (!state) state = state_of(order, *accepted);
    follow(key, std::move(*state), std::move(reply));
}

void Engine::fail(Key key, const Error& error, const char* outcome) {
    JournalOutcome settled{.outcome = outcome};
    if (!error.detail().code.empty()) settled.code = error.detail().code;
    settle(commands_.at(key), std::move(settled));
    report(key, error);
}

void Engine::not_sent(Key key, const std::string& why) {
    fail(key, omen::not_sent(label_of(commands_.at(key).submitted.request), why), outcome::not_sent);
}

void Engine::unknown(Key key, const std::string& why) {
    const auto& command = commands_.at(key);
    if (command.submitted.gate) return stay_unamended(key, why);
    if (command.state == State::asked) return stay_unsent(key, why);
    // Should one of its name be found later, it may be this one.
    if (const auto* order = std::get_if<gw::Order>(&command.submitted.request))
        placed_.try_emplace(order->client_order_id, Placed{*order, command.sent_at.wall, command.facts, {}});
    if (const auto* amend = std::get_if<gw::Amend>(&command.submitted.request)) {
        open_amends_.push_back(*amend);
        note_amend(key, {});
    }
    const auto reason = command.why.empty() ? why : command.why + "; " + why;
    fail(key, answer_lost(label_of(command.submitted.request), reason, Fault::unreachable), outcome::unknown);
}

void Engine::settle(const Command& command, JournalOutcome outcome) {
    if (!command.entry.empty()) act(action::WriteOutcome{command.entry, std::move(outcome)});
}

void Engine::report(Key key, std::variant<Reply, Error> outcome) {
    auto& command = commands_.at(key);
    forget(key);
    auto result = command.result ? std::make_shared<Result>(std::move(*command.result)) : std::make_shared<Result>();
    result->line = command.submitted.line;
    result->was_earlier = command.was_earlier;
    result->request = std::move(command.submitted.request);
    result->outcome = std::move(outcome);
    commands_.erase(key);
    act(action::Report{std::move(result)});
}

/// A command is waited for nowhere any more.
void Engine::forget(Key key) {
    const auto& command = commands_.at(key);
    lost_.erase(key);
    followed_.erase(key);
    ready_.erase(key);
    at_gate_.erase(key);
    std::erase(intended_, key);
    if (session_ && command.facts == session_->facts) {
        session_->by_id.erase(command.id);
        session_->late.erase(command.id);
    }
    const auto* order = std::get_if<gw::Order>(&command.submitted.request);
    if (order == nullptr) return;
    if (command.id == 0) return; // another of its name may be outstanding
    early_.erase(order->client_order_id);
    placing_.erase(order->client_order_id);
}

} // namespace omen::trading
