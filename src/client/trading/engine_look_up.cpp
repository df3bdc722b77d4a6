// Losing a command, and finding out what became of it. When that is done is in engine_schedule.cpp.

#include "client/session/gateway_error.hpp"
#include "client/trading/engine.hpp"
#include "client/trading/orders.hpp"
#include "core/text.hpp"
#include "protocol/codes.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

namespace {

/// By what an order may be named.
std::vector<std::string> ids_of(const OrderRef& ref) {
    std::vector<std::string> ids;
    if (ref.order_id) ids.push_back("exchange's " + ref.order_id->value);
    if (ref.client_order_id) ids.push_back("client's " + ref.client_order_id->value);
    return ids;
}

std::string in_brackets(const std::optional<gw::OrderState>& order) {
    if (!order) return {};
    auto text = order->status ? std::string(to_string(*order->status)) + ", " : std::string();
    if (order->filled_size) text += "filled " + order->filled_size->text() + " of ";
    return " (" + text + order->size.text() + ")";
}

std::optional<Decimal> remaining(const gw::OrderState& order) {
    if (!order.filled_size) return std::nullopt;
    return order.size - *order.filled_size;
}

using omen::answer_of; // of an order

gw::CancelAccepted answer_of(const gw::Cancel&, const gw::OrderState& order) {
    return {.order_id = order.order_id, .client_order_id = order.client_order_id, .remaining_size = remaining(order)};
}
gw::AmendAccepted answer_of(const gw::Amend& amend, const gw::OrderState& order) {
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .price = amend.price ? amend.price : order.price,
            .size = amend.size.value_or(order.size),
            .remaining_size = remaining(order),
            .kept_priority = {}};
}
gw::CancelledAll answer_of(const gw::CancelAll&, const gw::OrderState&) {
    return {};
}

Reply answer_of(const gw::TradingCommand& command, const gw::OrderState& order) {
    return std::visit([&](const auto& one) -> Reply { return answer_of(one, order); }, command);
}

} // namespace

void Engine::lose(Key key, const std::string& why) {
    auto& command = commands_.at(key);
    if (command.state == State::lost) return;
    if (!is_write(command.submitted.request))
        return fail(key, answer_lost(label_of(command.submitted.request), why, Fault::unreachable), outcome::unknown);
    if (session_ && command.facts == session_->facts && session_->by_id.erase(command.id) != 0)
        session_->late.emplace(command.id, key);
    command.state = State::lost;
    command.why = why;
    command.answer_by = Clock::time_point::max();
    lost_.insert(key);
    schedule_look_up(now());
}

/// The order was amended, or may have been; its ids are those of the command and of its answer.
void Engine::note_amend(Key key, const OrderRef& answered) {
    const auto& command = commands_.at(key);
    const auto asked = *ref_of(command.submitted.request);
    for (const auto& id : ids_of({.order_id = asked.order_id ? asked.order_id : answered.order_id,
                          .client_order_id = asked.client_order_id ? asked.client_order_id : answered.client_order_id}))
        (*command.amends)[id].push_back(key);
}

std::size_t Engine::amends_before(Key key) const {
    const auto& command = commands_.at(key);
    std::size_t most = 0;
    for (const auto& id : ids_of(*ref_of(command.submitted.request)))
        if (const auto found = command.amends->find(id); found != command.amends->end()) {
            const auto is_earlier = [&](Key one) { return one < key; };
            const auto count = std::count_if(found->second.begin(), found->second.end(), is_earlier);
            most = std::max(most, static_cast<std::size_t>(count));
        }
    return most;
}

/// A command that names an order is judged when what became of the placing of that order is known.
LostCommand Engine::lost_command(Key key) const {
    const auto& command = commands_.at(key);
    LostCommand lost{.command = *trading_command(command.submitted.request),
                     .sent_at = command.sent_at.wall,
                     .minted = command.submitted.handling.minted};
    if (const auto* order = std::get_if<gw::Order>(&lost.command))
        if (const auto earlier = placed_.find(order->client_order_id); earlier != placed_.end()) {
            lost.name_used = true;
            lost.earlier = earlier->second.done ? earlier->second.done->order_id : std::nullopt;
        }
    if (std::holds_alternative<gw::Amend>(lost.command)) lost.amends_before = amends_before(key);
    const auto ref = ref_of(lost.command);
    if (std::holds_alternative<gw::Order>(lost.command) || !ref) return lost;
    const bool is_lost = std::any_of(lost_.begin(), lost_.end(), [&](Key other) {
        const auto* order = std::get_if<gw::Order>(&commands_.at(other).submitted.request);
        return other < key && order != nullptr && ref_of(*order).meets(*ref);
    });
    // Or it was not found out while there was time.
    const auto earlier = ref->client_order_id ? placed_.find(*ref->client_order_id) : placed_.end();
    lost.target_unresolved = is_lost || (earlier != placed_.end() && !earlier->second.done);
    return lost;
}

void Engine::look_up() {
    using Decided = std::function<bool(const Reading&)>;
    std::vector<Decided> decided;
    look_up_.began = now();
    look_up_.by = look_up_ends_by();
    action::LookUp action{
        .wanted = {}, .from = UINT64_MAX, .is_enough = {}, .by = look_up_.by, .renew_token = look_up_.renewed};
    const auto read_from = [&](const Command& command, const SessionFacts& facts) {
        action.from = std::min(action.from, reads_all(command) ? 1 : replay_from(facts));
    };
    for (const auto key : lost_) {
        const auto& command = commands_.at(key);
        auto& object = look_up_.objects[key];
        if (command.submitted.gate) { // an amend, whose order is to be found
            const auto target = *ref_of(command.submitted.request);
            action.wanted.push_back(target);
            action.from = 1;
            decided.emplace_back([target](const Reading& reading) { return !reading.find(target).empty(); });
            continue;
        }
        if (command.state == State::asked) {
            auto earlier = object.earlier = earlier_orders(command);
            for (const auto& one : earlier) {
                action.wanted.push_back(ref_of(one.order));
                read_from(command, one.facts);
            }
            decided.emplace_back([order = std::get<gw::Order>(command.submitted.request),
                                  earlier = std::move(earlier)](const Reading& reading) {
                return precedent(order, earlier, reading).what != Precedent::What::unknown;
            });
            continue;
        }
        auto lost = lost_command(key);
        auto facts = up_to_date(*command.facts, command.sent_at.mono);
        object.facts = facts;
        if (const auto ref = ref_of(lost.command)) action.wanted.push_back(*ref);
        read_from(command, facts);
        decided.emplace_back([lost = std::move(lost), facts = std::move(facts)](const Reading& reading) {
            // Of all orders at once the open ones are all that there is to read.
            if (std::holds_alternative<gw::CancelAll>(lost.command)) return true;
            return judge(lost, facts, reading, false).outcome != Fate::Outcome::unknown;
        });
    }
    bool follows = false;
    if (state_missing_)
        for (const auto key : followed_) {
            const auto& order = *commands_.at(key).result->order;
            action.wanted.push_back({order.order_id, order.client_order_id});
            action.from = 1;
            follows = true;
        }
    action.is_enough = [decided = std::move(decided), follows](const Reading& reading) {
        return !follows &&
               std::all_of(decided.begin(), decided.end(), [&](const Decided& one) { return one(reading); });
    };
    look_up_.running = true;
    look_up_.next = Clock::time_point::max();
    act(std::move(action));
}

void Engine::handle(event::LookedUp&& event) {
    if (!std::exchange(look_up_.running, false)) return;
    look_up_.renewed = false;
    const auto& reading = event.reading;
    if (reading.issued()) saw(reading.holder(), *reading.issued(), reading.began());
    const bool was_cut = !reading.has_ended() && now() >= look_up_.by;
    bool asks_for_more = false;
    if (reading.has_ended() || !reading.from())
        look_up_.takes = std::max<Clock::duration>(LookUpState::shortest, (now() - reading.began()) * 3 / 2);
    auto next = now() + look_again_.pause(now());
    // Orders before what names them: a key is smaller the earlier its command came.
    for (const auto& [key, object] : std::exchange(look_up_.objects, {})) {
        if (!lost_.contains(key)) continue;
        auto& command = commands_.at(key);
        const auto open = command.state == State::asked ? judge_asked(key, object.earlier, reading)
                                                        : judge_lost(key, object.facts, reading);
        if (!open) continue;
        look_up_.trouble = "looked up: " + open->why;
        // Where there was no time to read all of it, what is new may tell.
        command.wants_all = open->wants_all || (command.wants_all && !was_cut);
        command.all_takes_too_long |= was_cut && reading.from() == 1;
        asks_for_more |= open->wants_all;
        if (!command.facts || command.facts->end != SessionEnd::closed) continue;
        const auto settles_at = command.facts->ended_at + settled_after;
        if (settles_at > reading.began()) next = std::min(next, std::max(settles_at, now()));
    }
    if (state_missing_) judge_followed(reading);
    if (!lost_.empty() || (state_missing_ && !followed_.empty())) repeat_look_up(asks_for_more ? now() : next);
}

/// Nothing: that was the end of it.
std::optional<Engine::LeftOpen> Engine::judge_lost(Key key, const SessionFacts& then, const Reading& reading) {
    // How its session began and ended may be known since.
    auto facts = *commands_.at(key).facts;
    facts.seen = then.seen;
    facts.event = then.event;
    auto fate = judge(lost_command(key), facts, reading, is_settled(facts, reading.began()));
    if (fate.outcome == Fate::Outcome::unknown) return LeftOpen{std::move(fate.why), fate.wants_all};
    if (fate.outcome == Fate::Outcome::executed)
        commands_.at(key).found_in.emplace(reading.holder(), reading.issued().value_or(1));
    conclude(key, fate);
    return std::nullopt;
}

void Engine::handle(event::LookUpFailed&& event) {
    if (!std::exchange(look_up_.running, false)) return;
    look_up_.objects.clear();
    look_up_.trouble = std::string("it could not be looked up: ") + event.error.what();
    const bool is_over = event.error.fault() == Fault::credentials ? look_up_.renewed : !was_open_;
    if (is_over)
        for (const auto key : std::set(lost_))
            if (commands_.at(key).submitted.gate) fail(key, event.error, outcome::not_sent);
    if (event.error.fault() == Fault::credentials) {
        if (!std::exchange(look_up_.renewed, true)) return schedule_look_up(now());
        for (const auto key : std::set(lost_)) unknown(key, look_up_.trouble);
        for (const auto key : std::set(followed_))
            if (state_missing_)
                end_follow(key, false, Error(Fault::protocol, event.error.what(), event.error.detail()));
        return;
    }
    Clock::duration pause = look_again_.pause(now());
    // Towards the end it is tried more often.
    const bool is_late = std::any_of(lost_.begin(), lost_.end(),
                                     [&](Key key) { return last_chance(commands_.at(key)) <= look_up_.began; });
    if (is_late) pause = std::min(pause, std::max<Clock::duration>(LookUpState::shortest, look_up_.takes / 4));
    repeat_look_up(now() + pause);
}

/// What the record says of orders that are followed, where executions are missing. One that is not complete may lack
/// an order's end.
void Engine::judge_followed(const Reading& reading) {
    if (reading.issued()) end_those_of_another_run(reading.holder(), *reading.issued());
    bool all_known = reading.has_ended();
    for (const auto key : std::set(followed_)) {
        auto& command = commands_.at(key);
        auto& order = *command.result->order;
        if (holder_of(command).is_surely_another(reading.holder())) {
            all_known = false;
            continue;
        }
        const auto found = reading.find({order.order_id, order.client_order_id});
        if (!found.empty()) {
            order = found.front()->state();
            if (has_ended(order)) end_follow(key, true);
        } else if (reading.gap()) {
            end_follow(key, false,
                       Error(Fault::protocol, "its end is not on record: older executions are no longer kept",
                             {.code = "drop_copy_gap"}));
        } else {
            all_known = false;
        }
    }
    if (!all_known) return;
    // From here on the session that is open, or the next, tells what happens.
    state_missing_ = false;
    if (reading.issued()) drop_copy_.emplace(*reading.issued());
    if (session_ && session_->open && !followed_.empty()) subscribe_again();
}

void Engine::conclude(Key key, const Fate& fate) {
    auto& command = commands_.at(key);
    const auto label = label_of(command.submitted.request);
    const auto looked_up = command.why + "; looked up: ";
    const auto state = in_brackets(fate.order);
    switch (fate.outcome) {
    case Fate::Outcome::executed:
        act(action::Note{label.what + ": " + looked_up + "it was executed" + state});
        return answered(key,
                        answer_of(*trading_command(command.submitted.request), fate.order.value_or(gw::OrderState{})),
                        fate.order);
    case Fate::Outcome::refused:
        return fail(key, refusal(label, fate.code, looked_up + fate.why + state), outcome::refused);
    case Fate::Outcome::not_executed:
        return fail(key,
                    Error(Fault::unreachable,
                          label.what + ": " + looked_up + fate.why + ", so it was not executed" + state,
                          {.code = "not_executed", .hint = "repeat it", .client_order_id = label.client_order_id}),
                    outcome::not_executed);
    case Fate::Outcome::unknown:
        return;
    }
}

} // namespace omen::trading
