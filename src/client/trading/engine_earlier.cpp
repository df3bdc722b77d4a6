// Orders whose client order ids were given before: by an earlier command that the journal knows, or by one of ours.
// What became of that one is looked up, and decides whether the new one leaves (earlier_orders.hpp).

#include "client/trading/engine.hpp"
#include "client/trading/orders.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

namespace {

Error refused_for_its_name(const CommandLabel& label, const std::string& why) {
    return {Fault::refused_locally,
            label.what + ": " + why + "; nothing was sent",
            {.code = "client_order_id_used",
             .hint = "use another id; look that order up with: " + label.check,
             .client_order_id = label.client_order_id}};
}

} // namespace

bool Engine::must_ask(const Command& command) const {
    if (!options_.journal || command.submitted.handling.minted || command.is_cleared || command.submitted.gate)
        return false;
    const auto* order = std::get_if<gw::Order>(&command.submitted.request);
    return order != nullptr && (!command.submitted.earlier.empty() || placed_.contains(order->client_order_id));
}

void Engine::ask(Key key) {
    auto& command = commands_.at(key);
    command.state = State::asked;
    command.deadline = std::min(options_.end, now() + options_.timeout);
    ready_.erase(key);
    lost_.insert(key);
    schedule_look_up(now());
}

/// What was sent here comes after all that the journal knew.
EarlierOrders Engine::earlier_orders(const Command& command) const {
    auto earlier = command.submitted.earlier;
    const auto& order = std::get<gw::Order>(command.submitted.request);
    if (const auto own = placed_.find(order.client_order_id); own != placed_.end())
        add_later(earlier, {.order = own->second.order,
                            .sent_at = own->second.sent_at,
                            .facts = *own->second.facts,
                            .done = own->second.done});
    for (auto& one : earlier)
        if (!one.done) one.facts = up_to_date(std::move(one.facts));
    return earlier;
}

/// Nothing: that was the end of it, or it may leave.
std::optional<Engine::LeftOpen> Engine::judge_asked(Key key, const EarlierOrders& earlier, const Reading& reading) {
    auto& command = commands_.at(key);
    if (command.submitted.gate) return judge_target(key, reading);
    const auto& order = std::get<gw::Order>(command.submitted.request);
    const auto label = label_of(command.submitted.request);
    auto found = precedent(order, earlier, reading);
    if (found.learnt) act(action::WriteOutcome{found.learnt->first, std::move(found.learnt->second), true});
    switch (found.what) {
    case Precedent::What::unknown:
        return LeftOpen{std::move(found.why), found.wants_all};
    case Precedent::What::none:
        clear(key);
        break;
    case Precedent::What::other_terms:
        fail(key, refused_for_its_name(label, found.why), outcome::refused);
        break;
    case Precedent::What::is_it:
        act(action::Note{label.what + ": " + found.why});
        command.was_earlier = true;
        command.facts = std::make_shared<SessionFacts>(
            SessionFacts{.holder = reading.holder(), .seen = reading.issued().value_or(0)});
        answered(key, answer_of(order, *found.order), std::move(found.order));
        break;
    }
    return std::nullopt;
}

/// It leaves as if its name had never been given.
void Engine::clear(Key key) {
    auto& command = commands_.at(key);
    placed_.erase(std::get<gw::Order>(command.submitted.request).client_order_id);
    lost_.erase(key);
    command.is_cleared = true;
    command.wants_all = false;
    command.state = State::ready;
    command.deadline = options_.end;
    ready_.insert(key);
    if (signal_) not_sent(key, "interrupted");
}

/// What became of the earlier one was not found out in time. One of other terms is refused all the same: it is not this
/// order, whatever became of it.
void Engine::stay_unsent(Key key, const std::string& why) {
    const auto& command = commands_.at(key);
    const auto label = label_of(command.submitted.request);
    const auto earlier = earlier_orders(command);
    const auto& first = earlier.front();
    const auto before = "an order of this client order id was sent before, at " + first.sent_at.rfc3339();
    if (first.done && !same_terms(first.order, std::get<gw::Order>(command.submitted.request)))
        return fail(key, refused_for_its_name(label, before + ", with other terms"), outcome::refused);
    fail(key, answer_lost(label, before + ", and nothing was sent now; " + why, Fault::unreachable), outcome::unknown);
}

} // namespace omen::trading
