#include "sim/judge.hpp"

#include "client/trading/evidence.hpp"
#include "client/trading/orders.hpp"
#include "sim/desk.hpp"
#include "sim/world.hpp"

#include <algorithm>
#include <chrono>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;

std::string name_of(const Line& line) {
    return "line " + std::to_string(line.number) + " (" + trading::label_of(line.request).what + ")";
}

const Error* error_of(const Line& line) {
    return std::get_if<Error>(&line.result->outcome);
}

bool is_unknown(const Line& line) {
    const auto* error = error_of(line);
    return error != nullptr && error->fault() == Fault::outcome_unknown;
}

/// The id that an order was reported to have.
std::optional<OrderId> accepted_id(const Line& line) {
    const auto& reply = std::get<trading::Reply>(line.result->outcome);
    const auto* order = std::get_if<gw::OrderAccepted>(&reply);
    return order != nullptr ? order->order_id : std::nullopt;
}

bool is_open(const World& world, const OrderId& id) {
    const auto open = world.exchange().orders(world.wallet()).orders;
    return std::any_of(open.begin(), open.end(), [&](const auto& order) { return order.order_id == id; });
}

/// Whether an event of this order can be the command's doing, by the rules: it is of its session's time.
bool is_since(const Happened& one, const Line& line) {
    const auto& sent = line.sent.back();
    if (one.run != sent.run) return false;
    return line.facts->start ? one.execution.sequence > *line.facts->start : one.at >= sent.at.mono;
}

/// What the order that is named is like now.
const gw::OrderState* last_state(const World& world, const OrderRef& ref, unsigned run) {
    const auto& all = world.happened();
    const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Happened& one) {
        return one.run == run && one.execution.order && ref.is(*one.execution.order);
    });
    return found == all.rend() ? nullptr : &*found->execution.order;
}

bool holds(const World& world, const Line& line, const gw::Order& order) {
    // An older order of that name and these terms can't be told from it where its placing is not on record.
    if (line.minted || (line.facts->start && world.exchange().oldest_sequence(world.wallet()) <= 1)) return false;
    return std::any_of(world.happened().begin(), world.happened().end(), [&](const Happened& one) {
        const auto& known = one.execution.order;
        return known && one.execution.event == ExecutionEvent::accepted && ref_of(order).is(*known) &&
               (order.reduce_only ? known->size <= order.size : known->size == order.size) &&
               known->price == order.price && known->side == order.side;
    });
}
bool holds(const World& world, const Line& line, const gw::Cancel& cancel) {
    return std::any_of(world.happened().begin(), world.happened().end(), [&](const Happened& one) {
        return is_since(one, line) && one.execution.event == ExecutionEvent::cancelled &&
               ref_of(cancel).is(*one.execution.order);
    });
}
bool holds(const World& world, const Line& line, const gw::Amend& amend) {
    const auto* state = last_state(world, ref_of(amend), line.sent.back().run);
    return state != nullptr && (!amend.price || state->price == *amend.price) &&
           (!amend.size || state->size == *amend.size);
}
bool holds(const World& world, const Line& line, const gw::CancelAll&) {
    const auto& before = line.sent.back().open_before;
    return std::none_of(before.begin(), before.end(), [&](const OrderId& id) { return is_open(world, id); });
}

/// Whether a line's order may be what the exchange shows as one that is not ours.
bool was_taken_for_placed(const World& world, const Line& line) {
    const bool has_failed = line.result && error_of(line) != nullptr && !is_unknown(line);
    return !has_failed && !line.sent.empty() && is_so(world, line);
}

/// It was said to be an earlier order: there is one of its name and terms, be it in an earlier run of the exchange.
void judge_earlier(World& world, const Line& line) {
    const auto& order = std::get<gw::Order>(line.request);
    const auto& lines = world.ledger().lines();
    const bool is_so = std::any_of(lines.begin(), lines.end(), [&](const Line& other) {
        const auto* placed = std::get_if<gw::Order>(&other.request);
        return placed != nullptr && placed->client_order_id == order.client_order_id && same_terms(*placed, order) &&
               (accepted(other) != nullptr || was_taken_for_placed(world, other));
    });
    if (!is_so) world.fail("untrue: " + name_of(line) + " was called placed before, and was not");
    if (!line.sent.empty()) world.fail("sent although it was placed before: " + name_of(line));
}

/// Whether an order was kept back, as one of its name may have been executed.
bool was_kept_back(World& world, const Line& line) {
    const auto* order = std::get_if<gw::Order>(&line.request);
    const auto& lines = world.ledger().lines();
    return order != nullptr && !line.minted && std::any_of(lines.begin(), lines.end(), [&](const Line& other) {
               const auto* placed = std::get_if<gw::Order>(&other.request);
               return other.number != line.number && placed != nullptr &&
                      placed->client_order_id == order->client_order_id && !other.sent.empty();
           });
}

void judge_done(World& world, const Line& line) {
    if (line.result->was_earlier) return judge_earlier(world, line);
    if (line.sent.empty()) return world.fail("untrue: " + name_of(line) + " was called done, and never left");
    const auto* sent = accepted(line);
    if (sent == nullptr) {
        if (!is_so(world, line)) world.fail("untrue: " + name_of(line) + " was called done, and is not");
        return;
    }
    if (std::holds_alternative<gw::Order>(line.request) && accepted_id(line) != sent->order_id)
        world.fail("untrue: " + name_of(line) + " was told another order's id");
}

/// Whether the exchange has begun anew since, and nothing that the session had seen shows it.
bool is_behind_hidden_reset(const World& world, const Line& line) {
    if (line.sent.empty() || line.sent.back().run == world.run_number()) return false;
    return world.exchange().last_sequence(world.wallet()) >= line.facts->seen;
}

// ---- unknown outcomes

/// A look-up that nothing disturbs.
Reading perfect_reading(const World& world, const std::optional<OrderRef>& ref, std::uint64_t from,
                        Clock::time_point began) {
    const auto wallet = world.wallet();
    const auto& exchange = world.exchange();
    Reading reading(began, {world.account(), wallet}, ref ? std::vector{*ref} : std::vector<OrderRef>{});
    reading.on(exchange.orders(wallet));
    const auto last = exchange.last_sequence(wallet);
    const auto oldest = exchange.oldest_sequence(wallet);
    reading.begin_replay(from, last);
    if (from > last + 1 || oldest > from)
        reading.on(gw::DropCopyGap{
            .wallet = wallet, .requested_sequence = from, .oldest_sequence = oldest, .next_sequence = last + 1});
    for (const auto& execution : exchange.replay(wallet, from)) reading.on(execution);
    return reading;
}

/// Whether the order that is named is itself one of whose placing nothing is known.
bool is_target_unresolved(World& world, const Line& line, const OrderRef& ref) {
    const auto& lines = world.ledger().lines();
    return std::any_of(lines.begin(), lines.end(), [&](const Line& other) {
        const auto* order = std::get_if<gw::Order>(&other.request);
        return other.number < line.number && order != nullptr && ref_of(*order).meets(ref) &&
               (!other.result || is_unknown(other)) && !other.sent.empty();
    });
}

/// An order of ours that had the name before, and was placed or may have been.
void note_earlier(World& world, const Line& line, LostCommand& lost) {
    const auto* order = std::get_if<gw::Order>(&line.request);
    // With a journal nothing leaves before that is known.
    if (order == nullptr || world.plan().engine.journal) return;
    for (const auto& other : world.ledger().lines()) {
        const auto* earlier = std::get_if<gw::Order>(&other.request);
        if (other.number >= line.number || earlier == nullptr || !other.result || other.sent.empty()) continue;
        if (earlier->client_order_id != order->client_order_id) continue;
        if (error_of(other) == nullptr) lost.earlier = accepted_id(other);
        lost.name_used |= error_of(other) == nullptr || is_unknown(other);
    }
}

/// How many earlier commands of its session amended its order, or may have.
std::size_t amends_before(World& world, const Line& line, const gw::Amend& amend) {
    const auto& lines = world.ledger().lines();
    const auto count = std::count_if(lines.begin(), lines.end(), [&](const Line& other) {
        const auto* earlier = std::get_if<gw::Amend>(&other.request);
        if (earlier == nullptr || other.number >= line.number || !other.result || other.sent.empty()) return false;
        if (other.sent.back().session != line.sent.back().session) return false;
        if (is_unknown(other)) return ref_of(*earlier).meets(ref_of(amend));
        if (error_of(other) != nullptr) return false;
        const auto& answer = std::get<gw::AmendAccepted>(std::get<trading::Reply>(other.result->outcome));
        return ref_of(*earlier).meets(ref_of(amend)) ||
               OrderRef{answer.order_id, answer.client_order_id}.meets(ref_of(amend));
    });
    return static_cast<std::size_t>(count);
}

/// Whether things were as they are now all through the time that a look-up takes, so that it would have seen them.
bool was_quiet_since(const World& world, const Desk& desk, Clock::time_point began) {
    const auto undisturbed = world.undisturbed_since();
    const auto attentive = desk.attentive_since();
    if (!undisturbed || *undisturbed > began || !attentive || *attentive > began) return false;
    if (!world.happened().empty() && world.happened().back().at > began) return false;
    return std::none_of(world.plan().steps.begin(), world.plan().steps.end(), [&](const Step& step) {
        const auto at = Timeline::start + step.at;
        return step.kind >= StepKind::retention && at > began && at <= world.now();
    });
}

bool is_avoidable(World& world, const Desk& desk, const Line& line) {
    const auto& plan = world.plan();
    const auto look_up = 12 * (plan.latency + plan.jitter) + 10ms;
    const auto began = world.now() - look_up;
    const auto& facts = *line.facts;
    const auto lost_at =
        facts.end == SessionEnd::lives ? line.sent.back().at.mono + plan.engine.timeout / 2 : facts.ended_at;
    if (desk.was_interrupted_twice() || lost_at > began || !was_quiet_since(world, desk, began)) return false;
    if (world.token_has_expired() && !world.has_newer_token()) return false;

    LostCommand lost{
        .command = *trading::trading_command(line.request), .sent_at = line.sent.back().at.wall, .minted = line.minted};
    note_earlier(world, line, lost);
    if (const auto* amend = std::get_if<gw::Amend>(&line.request))
        lost.amends_before = amends_before(world, line, *amend);
    const auto ref = ref_of(lost.command);
    lost.target_unresolved =
        ref && !std::holds_alternative<gw::Order>(lost.command) && is_target_unresolved(world, line, *ref);
    const auto is_decided = [&](std::uint64_t from) {
        const auto reading = perfect_reading(world, ref, from, began);
        return judge(lost, facts, reading, is_settled(facts, began)).outcome != Fate::Outcome::unknown;
    };
    if (is_decided(replay_from(facts))) return true;
    // By the rules all of it is read where the command's own time does not tell: that takes a second look-up.
    return is_decided(1) && lost_at <= began - look_up && was_quiet_since(world, desk, began - look_up);
}

// ---- the end

void judge_end_of_order(World& world, const Line& line) {
    const auto& result = *line.result;
    if (!result.ended || !result.order || !result.order->order_id || result.was_earlier) return;
    const auto* state = last_state(world, {.order_id = result.order->order_id}, line.sent.back().run);
    if (state == nullptr || state->status != result.order->status || state->filled_size != result.order->filled_size)
        world.fail("untrue: " + name_of(line) + " was said to have ended otherwise than it has");
}

bool is_that(const Happened& one, const gw::Cancel&) {
    return one.execution.event == ExecutionEvent::cancelled;
}
bool is_that(const Happened& one, const gw::Amend& amend) {
    const auto& order = *one.execution.order;
    return one.execution.event == ExecutionEvent::amended && (!amend.price || order.price == *amend.price) &&
           (!amend.size || order.size == *amend.size);
}

/// Whether what was asked for had been done to the order in the session's time, be it by another, when that was
/// reported.
template <class Command> bool was_done_before(const World& world, const Line& line, const Command& command) {
    return std::any_of(world.happened().begin(), world.happened().end(), [&](const Happened& one) {
        return is_since(one, line) && one.at <= line.reported_at && one.execution.order &&
               ref_of(command).is(*one.execution.order) && is_that(one, command);
    });
}

void judge_line(World& world, const Line& line) {
    if (line.outcome && !agrees(*line.result, *line.outcome))
        world.fail("the journal says otherwise of " + name_of(line));
    std::size_t times = 0;
    for (const auto& sent : line.sent) times += sent.accepted ? 1 : 0;
    if (times > 1) world.fail("executed twice: " + name_of(line));
    const auto* sent = accepted(line);
    if (sent == nullptr || is_unknown(line) || line.is_hidden) return judge_end_of_order(world, line);
    const bool is_cancel_all = std::holds_alternative<gw::CancelAll>(line.request);
    const bool has_effect = !is_cancel_all || sent->effects != 0;
    if (error_of(line) != nullptr && has_effect)
        return world.fail("untrue: " + name_of(line) + " was called not executed, and was");
    // The same done to the order by somebody else counts as it having been done.
    const bool was_so = std::visit(
        [&](const auto& command) {
            using Command = std::decay_t<decltype(command)>;
            if constexpr (std::is_same_v<Command, gw::Amend> || std::is_same_v<Command, gw::Cancel>)
                return was_done_before(world, line, command);
            return false;
        },
        *trading::trading_command(line.request));
    if (*sent->handled > line.reported_at && has_effect && !was_so)
        return world.fail("untrue: " + name_of(line) + " was called done, and came later");
    judge_end_of_order(world, line);
}

bool was_placed_by_us(const World& world, const Happened& one) {
    const auto& lines = world.ledger().lines();
    return one.execution.event == ExecutionEvent::accepted &&
           std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
               const auto* sent = accepted(line);
               return sent != nullptr && sent->run == one.run && sent->order_id &&
                      sent->order_id == one.execution.order->order_id;
           });
}

/// Nothing that was done in the client's name goes beyond its limits. Who else amends its orders may have done so.
void judge_limits(World& world) {
    const auto& limits = world.plan().limits;
    const auto& steps = world.plan().steps;
    const bool is_alone = std::none_of(steps.begin(), steps.end(), [](const Step& step) {
        return step.kind == StepKind::foreign_order || step.kind == StepKind::foreign_amend;
    });
    if (!limits.any() || !is_alone) return;
    for (const auto& one : world.happened()) {
        const auto& order = one.execution.order;
        const bool is_ours = one.execution.event == ExecutionEvent::amended || was_placed_by_us(world, one);
        if (!is_ours || !order) continue;
        const auto name = omen::name_of(*order);
        if (limits.max_order_size && order->size > limits.max_order_size->value)
            world.fail("an order beyond the limits: " + name + " of " + order->size.text());
        if (limits.max_order_notional && order->price &&
            multiply(*order->price, order->size, Rounding::away_from_zero) > limits.max_order_notional->value)
            world.fail("an order beyond the limits: " + name + " at " + order->price->text());
    }
}

} // namespace

const Sent* accepted(const Line& line) {
    for (const auto& sent : line.sent)
        if (sent.accepted) return &sent;
    return nullptr;
}

bool is_so(const World& world, const Line& line) {
    return std::visit([&](const auto& command) { return holds(world, line, command); },
                      *trading::trading_command(line.request));
}

void note_open_orders(const World& world, const gw::CancelAll& command, Sent& sent) {
    for (const auto& order : world.exchange().orders(world.wallet()).orders)
        if (!command.market_id || order.market_id == command.market_id) sent.open_before.push_back(*order.order_id);
}

void judge_report(World& world, const Desk& desk, Line& line) {
    auto& figures = world.figures();
    if (!trading::trading_command(line.request)) {
        ++figures.reads;
        return;
    }
    line.is_hidden = is_behind_hidden_reset(world, line);
    if (line.is_hidden) {
        ++figures.hidden;
        return;
    }
    const auto* error = error_of(line);
    if (error == nullptr) {
        ++figures.done;
        return judge_done(world, line);
    }
    if (!is_unknown(line)) {
        const auto& code = error->detail().code;
        ++(code == "not_sent" ? figures.not_sent : code == "not_executed" ? figures.not_executed : figures.refused);
        return;
    }
    ++figures.unknown;
    if (line.sent.empty() && was_kept_back(world, line)) return;
    if (line.sent.empty()) return world.fail("untrue: " + name_of(line) + " was called unknown, and never left");
    if (is_avoidable(world, desk, line)) world.add_avoidable(name_of(line) + ": " + error->what());
}

void judge_record(World& world) {
    for (const auto& line : world.ledger().lines())
        if (line.result && trading::trading_command(line.request)) judge_line(world, line);
    judge_limits(world);
}

} // namespace omen::sim
