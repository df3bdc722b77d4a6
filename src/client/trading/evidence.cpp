// What became of a command whose answer was lost.
//
// A look-up has read the open orders and a replay of the drop-copy (Reading). What it shows has happened: an order with
// the command's id and terms, a `cancelled`, an `amended` to these values. Let N be the first sequence that could be
// the command's own: the one after the last that was issued before its session's first command. An event below N is of
// somebody else's doing, or ours of earlier: an order that was there below N makes ours a duplicate, one that had ended
// below N can't be cancelled any more.
//
// What it does not show has not happened only where (1) the look-up was surely of the same account and wallet, (2) the
// replay was whole from N on, (3) it was of the same run of the exchange: nothing that was ever seen is missing from
// it, and (4) nothing can be on its way any more: the session ended with a close frame, and the look-up began some time
// after it. Without any of these the outcome is unknown, and the look-up is repeated for as long as there is time.
//
// A value that is missing or not known decides nothing: it neither agrees nor contradicts.

#include "client/trading/evidence.hpp"

#include "client/trading/orders.hpp"
#include "protocol/codes.hpp"

#include <algorithm>

namespace omen {

namespace {

/// An order that was last heard of so long before ours was sent is another one that had the same id.
constexpr std::int64_t another_order_ms = 12LL * 60 * 60 * 1000;

using Known = Reading::Known;
using Event = Reading::Event;

/// A command, and all that there is to judge it by.
struct Case {
    const LostCommand& lost;
    const SessionFacts& facts;
    const Reading& reading;
    bool settled;

    /// Whether what the look-up shows is the command's own wallet's.
    bool is_own_wallet() const {
        const auto& own = facts.holder.wallet;
        const auto& read = reading.holder().wallet;
        return own ? read && same_wallet(*own, *read) : lost.minted;
    }
    bool is_same_run() const {
        const auto issued = reading.issued();
        if (!issued || *issued < facts.seen) return false;
        return !facts.event || reading.has(*facts.event);
    }
    /// What is numbered in another run of the exchange is of no time that could be told.
    bool is_another_run() const {
        const auto issued = reading.issued();
        return issued && *issued < facts.seen;
    }
    /// What is not known yet may show that what was found was there before.
    bool awaits_start() const {
        return !facts.start && facts.end == SessionEnd::lives && reading.began() < facts.start_by;
    }
    bool is_below(const Event& event) const { return facts.start && event.sequence <= *facts.start; }
    /// From N on; where N was never learnt nothing can be said to be.
    bool is_since(const Event& event) const { return facts.start && event.sequence > *facts.start; }
    /// All that can be the command's doing was read.
    bool is_whole() const { return reading.is_whole_from(replay_from(facts)); }
    /// There is a replay, and it does not go back to the first execution.
    bool has_begun_late() const { return reading.from() && reading.from() != 1; }
    /// All that the exchange keeps was read.
    bool has_all() const {
        return reading.from() == 1 && (reading.is_whole() || (reading.gap() && reading.has_ended()));
    }
    bool was_there_before(const Known& order) const {
        return std::any_of(order.events.begin(), order.events.end(), [&](const auto& one) { return is_below(one); });
    }
};

Fate unknown(std::string why, std::optional<gw::OrderState> order = {}) {
    return {.outcome = Fate::Outcome::unknown, .order = std::move(order), .why = std::move(why)};
}

/// The replay did not go back far enough to tell.
Fate only_all_can_tell(const Case& at, std::string why, std::optional<gw::OrderState> order = {}) {
    auto fate = unknown(std::move(why), std::move(order));
    fate.wants_all = at.has_begun_late();
    return fate;
}

Fate executed(const gw::OrderState& order) {
    return {.outcome = Fate::Outcome::executed, .order = order};
}

Fate refused(std::string_view code, std::string why, const gw::OrderState& order) {
    return {.outcome = Fate::Outcome::refused, .order = order, .code = std::string(code), .why = std::move(why)};
}

/// Nothing on record shows the command: whether that proves anything.
Fate absent(const Case& at, const std::string& what, std::optional<gw::OrderState> order = {}) {
    const auto open = [&](const std::string& why) { return unknown(what + ", but " + why, order); };
    if (!at.facts.holder.is_surely(at.reading.holder())) return open("it may have been another wallet's record");
    if (!at.is_whole())
        return open(at.reading.gap() ? "older executions are no longer kept"
                                     : "executions were missing from the record");
    if (!at.is_same_run()) return open("the exchange has begun a new record since");
    if (!at.settled) return open("the command may still be on its way");
    return {.outcome = Fate::Outcome::not_executed, .order = std::move(order), .why = what};
}

template <class T, class Sent> bool contradicts(const std::optional<T>& known, const Sent& sent) {
    return known && !(*known == sent);
}
template <Enumeration E> bool contradicts(const std::optional<Open<E>>& known, E sent) {
    return known && known->known() && *known->known() != sent;
}

/// Whether an order on record has the terms of the one that was sent.
bool agrees(const gw::OrderState& known, const gw::Order& sent) {
    if (contradicts(known.market_id, sent.market_id) || contradicts(known.side, sent.side) ||
        contradicts(known.order_type, sent.order_type))
        return false;
    // A market order has no price, and the exchange may shrink what is to reduce a position.
    if (sent.price && contradicts(known.price, *sent.price)) return false;
    return sent.reduce_only ? known.size <= sent.size : known.size == sent.size;
}

bool is_of_long_ago(const Case& at, const Known& order) {
    const auto last = order.last_event_at();
    return !order.open && last && last->ms < at.lost.sent_at.ms - another_order_ms;
}

/// Whether this is an order of long ago that had the same id.
bool is_another(const Case& at, const Known& order) {
    const bool may_be_older = !at.facts.start || at.was_there_before(order);
    return !at.lost.minted && may_be_older && is_of_long_ago(at, order);
}

/// How an event leaves its order, where it ended it: by the order's status, or, where that is not known, by the event.
std::optional<OrderStatus> end_of(const Event& event) {
    const auto& status = event.order.status;
    if (status && status->known()) return has_ended(event.order) ? status->known() : std::nullopt;
    if (event.event == ExecutionEvent::cancelled) return OrderStatus::cancelled;
    if (event.event == ExecutionEvent::rejected) return OrderStatus::rejected;
    if (event.event == ExecutionEvent::expired) return OrderStatus::expired;
    return std::nullopt;
}

/// Whether all that is on record of an order are executions of which neither event nor status is known.
bool is_only_known(const Known& order) {
    return !order.open && std::none_of(order.events.begin(), order.events.end(), [](const Event& one) {
        return one.event.known() || (one.order.status && one.order.status->known());
    });
}

bool was_rejected(const Known& order) {
    if (order.events.empty()) return order.open->status == OrderStatus::rejected;
    return end_of(order.events.back()) == OrderStatus::rejected;
}

Fate judge(const gw::Order& sent, const Case& at) {
    auto all = at.reading.find(ref_of(sent));
    std::erase_if(all, [&](const auto* order) { return is_another(at, *order); });
    if (all.empty()) {
        auto fate = absent(at, "the exchange has no such order");
        // An order of earlier that has its name would make it a duplicate.
        fate.wants_all = fate == Fate::Outcome::unknown && !at.lost.minted && at.has_begun_late();
        return fate;
    }
    const auto& order = *all.front();
    const auto& state = order.state();
    if (!at.lost.minted && at.is_another_run())
        return unknown("an order of another record has its client order id", state);
    if (is_only_known(order)) return unknown("what the exchange says of it is not known here", state);
    if (!at.lost.minted && at.was_there_before(order))
        return refused(code::duplicate_client_order_id, "an older order has this client order id", state);
    const auto* placed = order.placed();
    if (!agrees(placed != nullptr ? placed->order : state, sent)) {
        if (placed == nullptr) return only_all_can_tell(at, "an order of other terms has its client order id", state);
        return refused(code::duplicate_client_order_id, "another order has this client order id", state);
    }
    if (at.lost.earlier && state.order_id == *at.lost.earlier)
        return refused(code::duplicate_client_order_id, "an earlier order of ours has this client order id", state);
    if (at.lost.name_used)
        return only_all_can_tell(at, "an order has its client order id, which may be an earlier one of ours", state);
    // Ours, too, is one of which nothing from before is on record, all of it read, as far as it is kept; not one of
    // which the time in which ours was placed shows nothing, while older executions are no longer kept.
    const bool was_placed_since = placed != nullptr && at.is_since(*placed);
    const bool may_be_forgotten = at.reading.gap() && at.is_whole() && order.events.empty();
    const bool is_ours_by_time = !at.facts.start || was_placed_since || (at.has_all() && !may_be_forgotten);
    const bool is_surely_ours = at.lost.minted || (is_ours_by_time && !at.awaits_start());
    if (!is_surely_ours)
        return only_all_can_tell(at, "an order has its client order id, which may be an older one", state);
    if (was_rejected(order)) return refused("rejected", "the exchange rejected it", state);
    if (order.open) return executed(has_ended(state) || at.reading.has_ended() ? state : *order.open);
    if (has_ended(state) || at.reading.has_ended()) return executed(state);
    // It is no longer open, and how it ended is missing.
    if (!may_rest(sent)) return unknown("it was placed, and how it ended is missing from the record", state);
    auto placed_only = state;
    placed_only.status.reset();
    placed_only.filled_size.reset();
    placed_only.average_price.reset();
    return executed(placed_only);
}

bool is_cancel(const Event& event) {
    return event.event == ExecutionEvent::cancelled ||
           (!event.event.known() && end_of(event) == OrderStatus::cancelled);
}

/// Whether a later order may have been given this one's client order id, and be missing from what was read.
bool may_have_a_namesake(const Case& at, const OrderRef& ref, const Known& order) {
    return !ref.order_id && !at.reading.has_ended() && (was_rejected(order) || is_of_long_ago(at, order));
}

Fate too_late(const Event& end) {
    return refused(code::unknown_order, "the order was " + std::string(to_string(*end_of(end))) + " already",
                   end.order);
}

/// What a cancel or amend of this order came to. `is_done` tells the event that it brings about.
template <class Command, class IsDone>
Fate judge_change(const Command& command, const Case& at, const char* unchanged, IsDone is_done) {
    const auto ref = ref_of(command);
    const auto all = at.reading.find(ref);
    if (all.empty()) return only_all_can_tell(at, "the exchange has no record of the order");
    const auto& order = *all.front();
    if (at.is_another_run()) return unknown("the exchange has begun a new record since", order.state());
    if (may_have_a_namesake(at, ref, order))
        return unknown("a later order may have its client order id", order.state());
    auto of_earlier_ones = at.lost.amends_before; // which come first
    bool was_done_before = false;
    for (const auto& event : order.events) {
        const bool is_earlier = at.is_since(event) && event.event == ExecutionEvent::amended && of_earlier_ones > 0;
        if (is_earlier) --of_earlier_ones;
        if (!is_done(event)) continue;
        was_done_before |= is_earlier;
        if (is_earlier) continue;
        if (at.is_since(event)) return executed(order.state());
        // Where N was never learnt, it may be of before, or ours.
        if (!at.facts.start) return unknown("the same was done to the order before, or by this", order.state());
    }
    if (was_done_before) return unknown("the same was done to the order by an earlier command", order.state());
    for (const auto& event : order.events) {
        if (!end_of(event)) continue;
        // An order may have been amended, where that is not on record, and then have ended.
        const bool may_be_missing = std::is_same_v<Command, gw::Amend> && !at.is_below(event) && !at.is_whole();
        return may_be_missing ? unknown("it may have been amended before it ended", order.state()) : too_late(event);
    }
    if (order.open) return absent(at, unchanged, *order.open);
    return only_all_can_tell(at, "nothing on record tells how the order stands", order.state());
}

Fate judge(const gw::Cancel& cancel, const Case& at) {
    return judge_change(cancel, at, "the order is still open", is_cancel);
}

Fate judge(const gw::Amend& amend, const Case& at) {
    return judge_change(amend, at, "the order is as it was", [&](const Event& event) {
        const auto& status = event.order.status;
        const bool may_be_one =
            event.event.known() ? event.event == ExecutionEvent::amended : status && status->known();
        return may_be_one && (!amend.price || event.order.price == *amend.price) &&
               (!amend.size || event.order.size == *amend.size);
    });
}

Fate judge(const gw::CancelAll& command, const Case& at) {
    const auto& open = at.reading.open();
    const bool is_left = std::any_of(open.begin(), open.end(), [&](const gw::OrderState& order) {
        return !command.market_id || !contradicts(order.market_id, *command.market_id);
    });
    // Nothing tells an order that was there before from one that has come since.
    if (is_left) return unknown("orders are open, which may have been there before it or come since");
    if (!at.facts.holder.is_surely(at.reading.holder())) return unknown("it may have been another wallet's record");
    if (!at.settled) return unknown("nothing is open, but the command may still be on its way");
    return {.outcome = Fate::Outcome::executed};
}

/// Whether an id that an answer gives can't be the one that was meant.
template <class T> bool is_other(const std::optional<T>& given, const std::optional<T>& meant) {
    return given && meant && *given != *meant;
}

template <class Command, class Reply> bool ids_agree(const Command& command, const Reply& reply) {
    return !is_other(reply.order_id, command.order_id) && !is_other(reply.client_order_id, command.client_order_id);
}

} // namespace

bool SessionFacts::on(const gw::Execution& execution) {
    if (holder.is_surely_another({.wallet = execution.wallet})) return false;
    seen = std::max(seen, execution.sequence);
    if (!event || execution.sequence >= event->sequence) event = ExecutionMark::of(execution);
    return true;
}

bool is_settled(const SessionFacts& facts, Clock::time_point began) {
    return facts.end == SessionEnd::closed && began >= facts.ended_at + settled_after;
}

std::uint64_t replay_from(const SessionFacts& facts) {
    if (!facts.start) return 1;
    return facts.event ? std::min(*facts.start + 1, facts.event->sequence) : *facts.start + 1;
}

Fate judge(const LostCommand& lost, const SessionFacts& facts, const Reading& reading, bool settled) {
    const Case at{lost, facts, reading, settled};
    if (lost.target_unresolved) return unknown("what became of the order itself is not known");
    const bool names_order = !std::holds_alternative<gw::CancelAll>(lost.command);
    if (names_order && !at.is_own_wallet()) return unknown("the record may be another wallet's");
    return std::visit([&](const auto& command) { return judge(command, at); }, lost.command);
}

bool answers(const gw::Order& order, const gw::OrderAccepted& accepted) {
    if (is_other(accepted.client_order_id, std::optional(order.client_order_id))) return false;
    const auto size = accepted.size.value_or(order.size);
    return size <= order.size && (!accepted.filled_size || *accepted.filled_size <= size);
}

bool answers(const gw::Cancel& cancel, const gw::CancelAccepted& accepted) {
    return ids_agree(cancel, accepted);
}

bool answers(const gw::Amend& amend, const gw::AmendAccepted& accepted) {
    return ids_agree(amend, accepted);
}

} // namespace omen
