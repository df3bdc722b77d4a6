// Opening a session, whose turn it is, and what leaves.

#include "client/trading/engine.hpp"
#include "client/trading/orders.hpp"
#include "transport/socket.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

bool Engine::wants_session() const {
    if (wanted_ || (!followed_.empty() && !state_missing_)) return true;
    return std::any_of(ready_.begin(), ready_.end(), [&](Key key) {
        const auto& command = commands_.at(key);
        return !command.submitted.gate && !waits_for_another(command);
    });
}

void Engine::advance() {
    ask_targets();
    turn_at_ = Clock::time_point::max();
    if (session_ && session_->open) return let_leave();
    if (session_ || (reopen_at_ && now() < *reopen_at_) || !wants_session()) return;
    session_ = Session{.began = now()};
    const auto step = now() + options_.timeout;
    act(action::Open{.by = ready_.empty() ? step : std::min(options_.end, step)});
}

/// A command for an order that a lost one is about leaves when that one's outcome is known, and so does an order of the
/// same name as one that is outstanding.
bool Engine::waits_for_another(const Command& command) const {
    if (const auto* order = std::get_if<gw::Order>(&command.submitted.request))
        if (placing_.contains(order->client_order_id)) return true;
    if (lost_.empty()) return false;
    const auto ref = ref_of(command.submitted.request);
    return ref && std::any_of(lost_.begin(), lost_.end(), [&](Key key) {
               const auto other = ref_of(commands_.at(key).submitted.request);
               return other && other->meets(*ref);
           });
}

/// How long until a command may leave; nothing: an answer must come first.
std::optional<Clock::duration> Engine::turn_of(Key key, std::size_t ahead) const {
    const auto& request = commands_.at(key).submitted.request;
    if (!options_.paced || !is_write(request)) return Clock::duration::zero();
    return session_->pace.wait(now(), request, ahead);
}

/// What waits for nothing but its turn: neither for a lost command about the same order, nor behind one that does.
/// Where there has been an order of the same name, what became of that is found out first.
std::vector<Engine::Key> Engine::next_in_turn() {
    std::vector<Key> next;
    std::vector<Key> to_ask;
    std::vector<OrderRef> held;
    std::set<std::string_view> names; // of two orders of one name the second waits for the first's answer
    for (const auto key : ready_) {
        const auto& command = commands_.at(key);
        const auto* order = std::get_if<gw::Order>(&command.submitted.request);
        const bool may_be_second = order != nullptr && !command.submitted.handling.minted;
        const bool is_second = may_be_second && !names.insert(order->client_order_id.value).second;
        const bool asks = !is_second && must_ask(command) && !waits_for_another(command);
        if (asks) to_ask.push_back(key);
        const bool waits = asks || is_second || command.submitted.gate || waits_for_another(command);
        const auto ref = waits || !held.empty() ? ref_of(command.submitted.request) : std::nullopt;
        const bool is_held =
            waits || std::any_of(held.begin(), held.end(), [&](const auto& one) { return ref && one.meets(*ref); });
        if (!is_held)
            next.push_back(key);
        else if (ref)
            held.push_back(*ref);
    }
    for (const auto key : to_ask) ask(key);
    return next;
}

std::vector<Engine::Key> Engine::may_leave() {
    std::vector<Key> chosen;
    std::size_t orders = 0;
    std::size_t cancels = 0;
    for (const auto key : next_in_turn()) {
        const auto& request = commands_.at(key).submitted.request;
        auto& ahead = CommandPace::is_order(request) ? orders : cancels;
        if (const auto wait = turn_of(key, ahead); wait != Clock::duration::zero()) {
            if (wait) turn_at_ = now() + *wait;
            break;
        }
        if (is_write(request)) ++ahead;
        chosen.push_back(key);
    }
    for (const auto key : chosen) ready_.erase(key);
    return chosen;
}

/// Whether commands may leave at all.
bool Engine::lets_leave() const {
    return session_ && session_->open && intended_.empty() && (options_.pipeline || session_->authenticated);
}

void Engine::let_leave() {
    if (!options_.pipeline && !session_->greeted) return send({});
    if (!lets_leave()) return;
    auto keys = may_leave();
    if (keys.empty()) {
        if (!session_->greeted) send({});
        return;
    }
    action::WriteIntents intents;
    for (const auto key : keys) {
        auto& command = commands_.at(key);
        auto sent = options_.journal ? trading_command(command.submitted.request) : std::nullopt;
        if (!sent) continue;
        command.state = State::intended;
        intents.commands.push_back(std::move(*sent));
    }
    if (intents.commands.empty()) return send(keys);
    intended_ = std::move(keys);
    intended_for_ = session_->facts;
    intended_at_ = now();
    act(std::move(intents));
}

void Engine::send(const std::vector<Key>& keys) {
    action::Send out{.messages = greeting(!keys.empty())};
    for (const auto key : keys) {
        auto& command = commands_.at(key);
        const auto time_left = options_.end - now();
        const Clock::duration patience =
            std::min<Clock::duration>({options_.timeout / 2, time_left / 2, longest_for_answer});
        command.state = State::sent;
        command.id = ++session_->last_id;
        command.facts = session_->facts;
        command.amends = session_->amends;
        command.with_auth = !session_->authenticated && !command.resent;
        command.sent_at = now_;
        command.messages_before = session_->messages;
        command.answer_by = now() + patience;
        command.deadline = std::min(options_.end, now() + options_.timeout);
        session_->by_id.emplace(command.id, key);
        std::visit(
            [&](auto& one) {
                one.id = command.id;
                session_->pace.leave(one);
                out.messages.emplace_back(one);
            },
            command.submitted.request);
        has_sent_ |= is_write(command.submitted.request);
        if (const auto* order = std::get_if<gw::Order>(&command.submitted.request))
            placing_.insert(order->client_order_id);
    }
    if (!out.messages.empty()) act(std::move(out));
}

/// What a session begins with: whose it is, and the last sequence that was issued before its first command.
std::vector<action::Send::Message> Engine::greeting(bool with_commands) {
    if (std::exchange(session_->greeted, true)) return {};
    const std::string channel(to_string(PrivateChannel::drop_copy));
    gw::Subscribe subscribe{.channel = channel};
    if (drop_copy_) subscribe.from_sequence = drop_copy_->next();
    session_->facts->start_by = now() + std::min<Clock::duration>(options_.timeout / 2, longest_for_answer);
    session_->auth_id = ++session_->last_id;
    if (!with_commands || !options_.pipeline) session_->auth_by = now() + options_.timeout;
    subscribe.id = session_->start_id = session_->subscribe_id = ++session_->last_id;
    std::vector<action::Send::Message> messages{gw::Auth{.id = session_->auth_id, .token = {}}, subscribe};
    if (options_.follow_for)
        drop_copy_.emplace(drop_copy_ ? drop_copy_->last() : std::nullopt);
    else
        messages.emplace_back(gw::Unsubscribe{.id = ++session_->last_id, .channel = channel});
    return messages;
}

void Engine::resend(const std::vector<Key>& keys) {
    for (const auto key : keys) {
        auto& command = commands_.at(key);
        session_->by_id.erase(command.id);
        command.resent = true;
    }
    if (!keys.empty()) send(keys);
}

} // namespace omen::trading
