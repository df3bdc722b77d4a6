// What the gateway says in a session, and following orders to their end.

#include "client/session/gateway_error.hpp"
#include "client/trading/engine.hpp"
#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

namespace {

std::string name_of(const gw::ServerMessage& message) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.type; })
                return one.type;
            else
                return std::string(wire::declaration_of<std::decay_t<decltype(one)>>.name);
        },
        message);
}

/// An order that never rests says with its answer what was filled.
bool lacks_its_end(const gw::Order& order, const gw::OrderAccepted& accepted) {
    return !may_rest(order) && (!accepted.status || !accepted.filled_size);
}

} // namespace

void Engine::handle(event::Received&& event) {
    if (!session_) return;
    ++session_->messages;
    const auto id = gw::reply_id(event.message);
    if (!id) return on_event(std::move(event.message));
    session_->pace.taken_in(now(), *id);
    on_reply(*id, std::move(event.message));
}

void Engine::handle(event::Unreadable&& event) {
    if (!session_) return;
    ++session_->messages;
    // The command that it may have answered will time out and be looked up.
    act(action::Note{"an unreadable message was passed over: " + event.why});
}

void Engine::handle(event::Ended&& event) {
    if (session_) end_session(event.how, event.reason);
}

void Engine::on_reply(std::uint64_t id, gw::ServerMessage&& message) {
    if (id == session_->auth_id) return on_auth_reply(std::move(message));
    if (id == session_->subscribe_id) return on_subscribed(std::move(message));
    for (const auto* awaited : {&session_->by_id, &session_->late})
        if (const auto found = awaited->find(id); found != awaited->end())
            return on_answer(found->second, std::move(message));
}

void Engine::on_auth_reply(gw::ServerMessage&& message) {
    if (auto* authenticated = std::get_if<gw::Authenticated>(&message)) {
        session_->authenticated = true;
        wanted_ = false;
        session_->facts->holder = {.account = authenticated->account, .wallet = authenticated->wallet};
        auto again = std::exchange(session_->refused_early, {});
        std::erase_if(again,
                      [&](Key key) { return !commands_.contains(key) || commands_.at(key).state != State::sent; });
        return resend(again);
    }
    const auto label = CommandLabel::of(gw::Auth{});
    const auto refused = refusal_in(message);
    if (refused && refused->is_clear()) return refuse_session(refusal(label, *refused));
    // What is behind it may be done all the same.
    act(action::Reset{});
    end_session(SessionEnd::broken,
                refused ? "auth: " + refused->text() : "auth: answered by \"" + name_of(message) + "\"");
}

/// It is as if nothing had been sent: the exchange handles a session's messages in order, and took none of them.
void Engine::refuse_session(const Error& why) {
    act(action::Reset{});
    const auto session = std::move(*session_);
    session_.reset();
    if (std::exchange(wanted_, false) && session.by_id.empty() && ready_.empty()) act(action::Refused{why});
    for (const auto* sent : {&session.by_id, &session.late})
        for (const auto& [id, key] : *sent) fail(key, why, outcome::refused);
    for (const auto key : std::exchange(ready_, {})) fail(key, why, outcome::not_sent);
    for (const auto key : std::set(followed_)) end_follow(key, false, Error(Fault::protocol, why.what(), why.detail()));
}

void Engine::on_subscribed(gw::ServerMessage&& message) {
    auto* subscribed = std::get_if<gw::Subscribed>(&message);
    auto& facts = *session_->facts;
    facts.start_by = {};
    if (subscribed != nullptr && subscribed->sequence) {
        // A later subscription's is no more from before the session's first command.
        if (subscribed->id == session_->start_id) facts.start = subscribed->sequence;
        facts.seen = std::max(facts.seen, *subscribed->sequence);
        saw(facts.holder, *subscribed->sequence, session_->began);
    }
    act(action::SessionKnown{.holder = facts.holder, .start = facts.start});
    if (!drop_copy_) return;
    if (subscribed != nullptr && subscribed->sequence) end_those_of_another_run(facts.holder, *subscribed->sequence);
    if (subscribed != nullptr)
        on_drop_copy(drop_copy_->subscribed(facts.holder.wallet.value_or(""), subscribed->sequence));
    else
        miss_state(now() + look_again_.pause(now())); // the orders' own states have to do
}

void Engine::on_answer(Key key, gw::ServerMessage&& message) {
    auto& command = commands_.at(key);
    std::optional<Reply> reply;
    bool is_contradiction = false;
    std::visit(
        [&]<class Asked>(const Asked& asked) {
            auto* hoped = std::get_if<gw::ReplyTo<Asked>>(&message);
            if (hoped == nullptr) return;
            if constexpr (requires { answers(asked, *hoped); }) is_contradiction = !answers(asked, *hoped);
            if constexpr (std::is_same_v<Asked, gw::Order>) is_contradiction |= lacks_its_end(asked, *hoped);
            if (!is_contradiction) reply = std::move(*hoped);
        },
        command.submitted.request);
    if (reply) return answered(key, std::move(*reply));
    const auto label = label_of(command.submitted.request);
    if (is_contradiction) return lose(key, "the answer does not fit the command");

    const auto refused = refusal_in(message);
    if (!refused) return lose(key, "answered by \"" + name_of(message) + "\"");
    if (refused->code == code::unauthenticated && command.with_auth && !command.resent) {
        if (session_->authenticated) return resend({key});
        auto& early = session_->refused_early;
        if (std::find(early.begin(), early.end(), key) == early.end()) early.push_back(key); // it may be told twice
        return;
    }
    const auto error = refusal(label, *refused);
    if (error.fault() == Fault::outcome_unknown) return lose(key, refused->text());
    fail(key, error, outcome::refused);
}

void Engine::on_event(gw::ServerMessage&& message) {
    if (const auto* execution = std::get_if<gw::Execution>(&message)) on_execution(*execution);
    if (const auto* gap = std::get_if<gw::DropCopyGap>(&message))
        if (drop_copy_) on_drop_copy(drop_copy_->on(*gap));
    if (auto* error = std::get_if<gw::ErrorReply>(&message)) session_->error = std::move(*error);
}

void Engine::end_session(SessionEnd how, const std::string& reason) {
    const auto session = std::move(*session_);
    session_.reset();
    session.facts->end = how;
    session.facts->ended_at = now();
    auto why = reason;
    if (const auto& error = session.error)
        why = error->message.value_or("") + " (" + error->code.value_or("") + "), then " + reason;
    // A session too many executes nothing.
    const bool is_one_too_many =
        session.error && !session.authenticated && session.error->code == code::too_many_sessions;
    const auto refused = [&](const CommandLabel& label) { return refusal(label, *session.error->code, why); };
    if (std::exchange(wanted_, false) && session.by_id.empty() && ready_.empty()) {
        const auto label = CommandLabel::of(gw::Auth{});
        act(action::Refused{is_one_too_many ? refused(label) : answer_lost(label, why, Fault::unreachable)});
    }
    for (const auto& [id, key] : session.by_id) {
        const auto& command = commands_.at(key);
        if (is_one_too_many)
            fail(key, refused(label_of(command.submitted.request)), outcome::refused);
        else // what was still to be sent when the connection broke has not left
            command.has_left ? lose(key, why) : not_sent(key, why);
    }
    // Who ends sessions as they begin is not asked for the next one at once.
    if (!followed_.empty() || !session.authenticated) reopen_at_ = now() + reopen_.pause(now());
}

void Engine::follow(Key key, gw::OrderState order, Reply reply) {
    auto& command = commands_.at(key);
    command.result.emplace().order = std::move(order);
    if (!options_.follow_for || signal_) return report(key, std::move(reply));
    command.result->outcome = std::move(reply);
    lost_.erase(key);
    if (session_ && command.facts == session_->facts) {
        session_->by_id.erase(command.id);
        session_->late.erase(command.id);
    }
    command.state = State::followed;
    command.deadline = now() + *options_.follow_for;
    followed_.insert(key);
    if (has_ended(*command.result->order)) return end_follow(key, true);
    if (!session_ || command.facts != session_->facts) state_missing_ = true; // it was looked up
    if (state_missing_) schedule_look_up(now());
}

void Engine::end_follow(Key key, bool ended, std::optional<Error> why) {
    auto& result = *commands_.at(key).result;
    result.ended = ended;
    result.end_unknown = std::move(why);
    report(key, std::move(result.outcome));
}

void Engine::on_execution(const gw::Execution& execution) {
    if (!session_->facts->on(execution) || !drop_copy_) return;
    const auto step = drop_copy_->on(execution);
    if (step.what == DropCopySequence::What::line && execution.order) update_followed(*execution.order);
    on_drop_copy(step);
    // The execution that showed a gap counts, too.
    if (step.what == DropCopySequence::What::gap && drop_copy_->on(execution).what == DropCopySequence::What::line &&
        execution.order)
        update_followed(*execution.order);
}

void Engine::on_drop_copy(const DropCopySequence::Step& step) {
    if (step.what == DropCopySequence::What::ask_again) subscribe_again();
    if (step.what == DropCopySequence::What::gap && !followed_.empty()) miss_state(now());
}

/// What happens to the orders that are followed is told from here on, or once more.
void Engine::subscribe_again() {
    gw::Subscribe subscribe{.id = ++session_->last_id,
                            .channel = std::string(to_string(PrivateChannel::drop_copy)),
                            .from_sequence = drop_copy_->next()};
    session_->subscribe_id = subscribe.id;
    act(action::Send{.messages = {std::move(subscribe)}});
}

/// What has become of the orders that are followed is to be looked up.
void Engine::miss_state(Clock::time_point look_up_at) {
    state_missing_ = true;
    if (!followed_.empty()) schedule_look_up(look_up_at);
}

/// Whose record an order that was placed is in, as far as is known.
const Holder& Engine::holder_of(const Command& command) {
    return command.found_in ? command.found_in->first : command.facts->holder;
}

/// An exchange that has begun anew gives the same ids again, and knows nothing of the orders from before.
void Engine::end_those_of_another_run(const Holder& holder, std::uint64_t issued) {
    for (const auto key : std::set(followed_)) {
        const auto& command = commands_.at(key);
        const auto& facts = *command.facts;
        // Its own placing was numbered, too.
        const auto seen =
            command.found_in ? command.found_in->second : std::max(facts.seen, facts.start.value_or(0) + 1);
        if (issued >= seen || !holder_of(command).is_surely(holder)) continue;
        end_follow(key, false,
                   Error(Fault::protocol, "its end is not on record: the exchange has begun a new record",
                         {.code = "drop_copy_gap"}));
    }
}

/// Another wallet's order may have the same ids.
void Engine::update_followed(const gw::OrderState& order) {
    for (const auto key : followed_) {
        auto& known = commands_.at(key).result->order;
        if (holder_of(commands_.at(key)).is_surely_another(session_->facts->holder)) continue;
        if (!OrderRef{known->order_id, known->client_order_id}.is(order)) continue;
        known = order;
        if (has_ended(order)) end_follow(key, true);
        return;
    }
    if (!order.client_order_id || !session_) return;
    for (const auto& [id, key] : session_->by_id) {
        const auto* sent = std::get_if<gw::Order>(&commands_.at(key).submitted.request);
        if (sent != nullptr && sent->client_order_id == *order.client_order_id)
            early_.insert_or_assign(*order.client_order_id, order);
    }
}

} // namespace omen::trading
