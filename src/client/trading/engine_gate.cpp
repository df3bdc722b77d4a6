// The gate of limits: what an order is, or an amend may make of one, is judged before anything else is done with it.
//
// An amend waits until nothing else about its order is under way, and is judged by the order as the exchange has it
// then; later commands about that order wait behind it. So two amends, each of which is within the limits, can't
// together exceed them, but for what other processes do at the same moment.

#include "client/trading/engine.hpp"
#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

namespace {

/// Whether two sessions may be of two wallets; those of an exchange that never says so count as of one.
bool may_be_another(const Holder& one, const Holder& other) {
    return one.wallet.has_value() != other.wallet.has_value() || one.is_surely_another(other);
}

} // namespace

void Engine::reach_gate(Key key) {
    auto& command = commands_.at(key);
    if (const auto* order = std::get_if<gw::Order>(&command.submitted.request)) {
        command.judged = {*order};
        judge_terms(key, {});
    } else {
        at_gate_.insert(key);
    }
}

void Engine::ask_targets() {
    for (const auto key : std::set(at_gate_))
        if (!is_behind_another(key)) {
            at_gate_.erase(key);
            ask(key);
        }
}

/// Whether a command that may be about the same order is under way: an earlier one, or a later one that has passed the
/// gate before it, or has left.
bool Engine::is_behind_another(Key key) const {
    const auto& command = commands_.at(key);
    const auto ref = command.target ? *command.target : *ref_of(command.submitted.request);
    return std::any_of(commands_.begin(), commands_.end(), [&](const auto& one) {
        const auto& [number, another] = one;
        const bool has_left =
            another.state == State::intended || another.state == State::sent || another.state == State::lost;
        const bool has_passed = another.target && !another.submitted.gate;
        if (number == key || another.state == State::followed) return false;
        if (number > key && !has_left && !has_passed) return false;
        if (std::holds_alternative<gw::CancelAll>(another.submitted.request)) return number < key;
        const auto other = ref_of(another.submitted.request);
        return other && other->meets(ref);
    });
}

/// What became of the order that an amend names: it may go on, is refused, or it can't be told.
std::optional<Engine::LeftOpen> Engine::judge_target(Key key, const Reading& reading) {
    auto& command = commands_.at(key);
    const auto& amend = std::get<gw::Amend>(command.submitted.request);
    const auto label = label_of(command.submitted.request);
    const auto not_there = [&](const std::string& why) {
        fail(key, Error(Fault::not_found, label.what + ": " + why, {.code = std::string(code::unknown_order)}),
             outcome::not_sent);
        return std::nullopt;
    };
    if (session_ && may_be_another(session_->facts->holder, reading.holder()))
        return LeftOpen{"the record is not known to be that of the session's wallet"};
    const auto found = reading.find(ref_of(amend));
    if (found.empty()) {
        const bool may_come = std::any_of(placed_.begin(), placed_.end(), [&](const auto& one) {
            return !one.second.done && ref_of(one.second.order).meets(ref_of(amend));
        });
        if (may_come) return LeftOpen{"what became of the order was not found out"};
        if (reading.is_whole()) return not_there("the exchange has no such order");
        return LeftOpen{reading.gap() ? "it is not open, and older executions are no longer kept"
                                      : "it is not open, and executions are missing from the record"};
    }
    // A replay may lack what happened last, but not the open orders.
    const auto& order = found.front()->open;
    if (!order && has_ended(found.front()->state())) return not_there(in_words(found.front()->state()));
    if (!order) return LeftOpen{"it was not open when that was asked, and had not ended"};
    // By its other name it may be what another command is about.
    command.target = OrderRef{order->order_id, order->client_order_id};
    if (is_behind_another(key)) {
        lost_.erase(key);
        command.state = State::ready;
        command.deadline = options_.end;
        ready_.insert(key);
        at_gate_.insert(key);
        return std::nullopt;
    }
    command.judged = amended(amend, *order);
    if (command.judged.empty()) {
        stay_unamended(key, "the exchange does not say the order's market, side and price");
        return std::nullopt;
    }
    lost_.erase(key);
    command.state = State::ready;
    command.deadline = options_.end;
    ready_.insert(key);
    judge_terms(key, {});
    return std::nullopt;
}

/// Everything that the order may be with this amend: an earlier one whose outcome was not found out may come before it
/// or behind it. Nothing where the order's terms are not known.
std::vector<gw::Order> Engine::amended(const gw::Amend& amend, const gw::OrderState& order) const {
    const auto side = order.side ? order.side->known() : std::nullopt;
    std::vector<Decimal> prices;
    std::vector<Decimal> sizes;
    const auto add = [&](const auto& price, const auto& size) {
        if (price) prices.push_back(*price);
        if (size) sizes.push_back(*size);
    };
    add(amend.price ? amend.price : order.price, amend.size ? amend.size : std::optional(order.size));
    for (const auto& other : open_amends_)
        if (ref_of(other).is(order) || ref_of(other).meets(ref_of(amend))) add(other.price, other.size);
    if (!order.market_id || !side || prices.empty()) return {};
    std::vector<gw::Order> all;
    for (const auto& price : prices)
        for (const auto& size : sizes)
            all.push_back({.client_order_id = amend.client_order_id.value_or(ClientOrderId()),
                           .market_id = order.market_id,
                           .side = *side,
                           .order_type = OrderType::limit,
                           .price = price,
                           .size = size,
                           .post_only = order.post_only.value_or(false),
                           .reduce_only = order.reduce_only.value_or(false)});
    return all;
}

/// Without the book, where that is not needed.
void Engine::judge_terms(Key key, std::optional<std::span<const Level>> opposite) {
    const auto& command = commands_.at(key);
    const auto& gate = *command.submitted.gate;
    for (const auto& order : command.judged) {
        if (!opposite && gate.needs_book(order))
            return act(action::ReadBook{.key = key, .market = *order.market_id, .side = order.side});
        if (auto refusal = gate.refusal(order, opposite.value_or(std::span<const Level>())))
            return fail(key, *refusal, outcome::refused);
    }
    pass_gate(key);
}

void Engine::handle(event::BookRead&& event) {
    const auto found = commands_.find(event.key);
    if (found == commands_.end() || !found->second.submitted.gate) return;
    if (const auto* error = std::get_if<Error>(&event.levels)) return fail(event.key, *error, outcome::not_sent);
    judge_terms(event.key, std::get<std::vector<Level>>(event.levels));
}

void Engine::pass_gate(Key key) {
    auto& command = commands_.at(key);
    command.submitted.gate.reset();
    if (command.submitted.handling.check_only) return report(key, Allowed{});
    command.judged.clear();
    if (must_ask(command) && !waits_for_another(command)) ask(key);
}

/// Nothing was sent, as it could not be told what that would come to.
void Engine::stay_unamended(Key key, const std::string& why) {
    fail(key,
         Error(Fault::refused_locally,
               label_of(commands_.at(key).submitted.request).what +
                   ": what it comes to can't be told, and there are limits: " + why,
               {.code = "unknown_terms", .hint = "cancel the order and place another"}),
         outcome::refused);
}

} // namespace omen::trading
