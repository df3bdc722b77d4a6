// An order is to be placed under a client order id that orders of ours have had before.
//
// One that was *done* is looked up. Where the exchange shows another run (its last sequence is below the order's own,
// or the wallet is another), it is of no matter here. Otherwise it is this very order, if the terms are the same, and a
// mistake, if they are not: the exchange keeps the id for at least a day, and nothing is sent. Found or not makes no
// difference to that; what was ended long ago may be kept no longer, and is reported as the journal has it.
//
// One of which *nothing is known* is judged like any command whose answer was lost (evidence.hpp): executed, it is as
// if it had been done; shown not to have been, it is of no matter; otherwise nothing may be sent.

#include "client/trading/earlier_orders.hpp"

#include "client/trading/entry_evidence.hpp"
#include "client/trading/orders.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace omen {

namespace {

using What = Precedent::What;

Precedent undecided(std::string why, bool wants_all = false) {
    return {.what = What::unknown, .order = {}, .why = std::move(why), .wants_all = wants_all};
}

std::string when(const EarlierOrder& earlier) {
    return "it was placed before, at " + earlier.sent_at.rfc3339();
}

Precedent is_it(const EarlierOrder& earlier, const gw::OrderState& state) {
    return {.what = What::is_it, .order = state, .why = when(earlier) + "; nothing was sent now"};
}

Precedent other_terms(const EarlierOrder& earlier) {
    return {.what = What::other_terms,
            .order = {},
            .why = "an order of other terms had this client order id before, at " + earlier.sent_at.rfc3339()};
}

/// Its own placing was numbered after what had been issued when its session began.
bool is_of_another_run(const EarlierOrder& earlier, const Reading& reading) {
    if (earlier.facts.holder.is_surely_another(reading.holder())) return true;
    const auto issued = reading.issued();
    if (!issued) return false;
    return *issued < earlier.facts.seen || (earlier.facts.start && *issued <= *earlier.facts.start);
}

/// As the journal has it. That it rests is no longer so: it is not among the open ones.
gw::OrderState as_written_down(const EarlierOrder& earlier) {
    auto state = state_of(earlier.order, {.order_id = earlier.done->order_id});
    if (earlier.done->status) state.status = Open<OrderStatus>::of_name(*earlier.done->status);
    if (!has_ended(state)) state.status.reset();
    return state;
}

/// Nothing: it is of another run.
std::optional<Precedent> of_done(const gw::Order& order, const EarlierOrder& earlier, const Reading& reading) {
    if (is_of_another_run(earlier, reading)) return std::nullopt;
    if (earlier.facts.holder.wallet && !reading.holder().wallet) return undecided("the record may be another wallet's");
    const auto found =
        reading.find({.order_id = earlier.done->order_id, .client_order_id = earlier.order.client_order_id});
    const bool has_ended_reading = reading.has_ended();
    const bool is_open = !found.empty() && found.front()->open;
    if (!is_open && !has_ended_reading) return undecided("executions were missing from the record");
    if (!same_terms(order, earlier.order)) return other_terms(earlier);
    if (!found.empty()) return is_it(earlier, has_ended_reading ? found.front()->state() : *found.front()->open);
    auto precedent = is_it(earlier, as_written_down(earlier));
    precedent.why += "; the exchange has no record of it any more, so this is what the journal has";
    return precedent;
}

Precedent of_unknown(const gw::Order& order, const EarlierOrder& earlier, const Reading& reading) {
    const LostCommand lost{
        .command = earlier.order, .sent_at = earlier.sent_at, .minted = looks_minted(earlier.order.client_order_id)};
    const auto fate = judge(lost, earlier.facts, reading, is_settled(earlier.facts, reading.began()));
    if (fate.outcome == Fate::Outcome::unknown) return undecided(fate.why, fate.wants_all);
    Precedent precedent{.what = What::none};
    if (fate.outcome == Fate::Outcome::executed)
        precedent = same_terms(order, earlier.order) ? is_it(earlier, *fate.order) : other_terms(earlier);
    if (!earlier.entry.empty()) precedent.learnt.emplace(earlier.entry, outcome_of(fate));
    return precedent;
}

} // namespace

void add_later(EarlierOrders& earlier, EarlierOrder later) {
    std::erase_if(earlier, [&](const EarlierOrder& one) { return later.done || !one.done; });
    earlier.push_back(std::move(later));
}

EarlierOrders earlier_orders_of(const std::vector<FoundOrder>& found) {
    EarlierOrders earlier;
    for (const auto& [entry, is_settled] : found) {
        const bool is_done = entry.outcome && entry.outcome->outcome == outcome::done;
        if (!is_done && !is_unresolved(entry)) continue;
        add_later(earlier, {.order = std::get<gw::Order>(entry.command),
                            .sent_at = entry.intended.time,
                            .facts = facts_of(entry, is_settled),
                            .done = is_done ? entry.outcome : std::nullopt,
                            .entry = entry.entry});
    }
    return earlier;
}

bool same_terms(const gw::Order& left, const gw::Order& right) {
    const auto terms = [](const gw::Order& order) {
        return std::tie(order.market_id, order.side, order.order_type, order.price, order.size, order.time_in_force,
                        order.post_only, order.reduce_only);
    };
    return terms(left) == terms(right);
}

Precedent precedent(const gw::Order& order, const EarlierOrders& earlier, const Reading& reading) {
    for (const auto& one : earlier) {
        if (!one.done) return of_unknown(order, one, reading);
        if (auto found = of_done(order, one, reading)) return *std::move(found);
    }
    return {.what = What::none};
}

} // namespace omen
