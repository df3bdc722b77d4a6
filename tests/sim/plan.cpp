#include "sim/plan.hpp"

#include "core/error.hpp"
#include "sim/ledger.hpp"
#include "sim/random.hpp"
#include "sim/timeline.hpp"
#include "support/sandbox_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;
using namespace omen::literals;
using sandbox::btc;
using sandbox::eth;

/// As the client would mint one.
ClientOrderId minted_id(std::uint64_t number) {
    return {fmt::format("{:012x}-{:020x}", Timeline::start_ms, number)};
}

/// Draws the commands of a world, which know of each other.
class CommandWriter {
  public:
    CommandWriter(Random& random, Plan& plan) : random_(random), plan_(plan) {}

    void write() {
        const auto count = plan_.one_shot ? 1 + random_.below(3) : 1 + random_.below(random_.one_in(4) ? 40 : 8);
        auto at = Clock::duration{};
        for (std::uint64_t number = 0; number < count; ++number) {
            PlannedCommand command{.at = at, .request = gw::CancelAll{}};
            draw(command, number);
            if (is_new(command.request)) plan_.commands.push_back(std::move(command));
            if (!plan_.one_shot && random_.one_in(4)) at += random_.of_any_scale(100us, 8s);
        }
    }
    gw::Order order(const ClientOrderId& id) {
        gw::Order order;
        order.client_order_id = id;
        order.market_id = btc;
        order.side = random_.one_in(2) ? Side::buy : Side::sell;
        order.size = random_.pick({0.2_d, 0.5_d, 1_d, 3_d});
        order.price = random_.pick({97_d, 98.5_d, 99_d, 101_d, 101.5_d, 103_d});
        if (random_.one_in(8)) order.time_in_force = random_.one_in(2) ? TimeInForce::ioc : TimeInForce::fok;
        if (random_.one_in(8)) {
            order.order_type = OrderType::market;
            order.time_in_force = TimeInForce::ioc;
            order.price.reset();
        } else if (order.time_in_force == TimeInForce::gtc && random_.one_in(10)) {
            order.post_only = true;
        }
        if (random_.one_in(12)) order.reduce_only = true;
        if (order.price && random_.one_in(20)) order.price = 97.3_d; // no multiple of the tick
        if (random_.one_in(15)) order.market_id = eth;
        return order;
    }

  private:
    /// Of two commands in flight that are the same nobody could tell which one was answered. Orders of one name are
    /// never in flight together.
    bool is_new(const trading::Request& request) {
        return std::holds_alternative<gw::Order>(request) || contents_.insert(content_of(request)).second;
    }
    void draw(PlannedCommand& command, std::uint64_t number) {
        const auto kind = random_.below(100);
        if (number == 0 && kind < 8) {
            command.request = gw::CancelAll{};
            return;
        }
        if (kind < 60 || orders_.empty()) return draw_order(command, number);
        if (kind < 76) {
            command.request = of_an_order(gw::Cancel{});
        } else if (kind < 88) {
            auto amend = of_an_order(gw::Amend{});
            if (random_.one_in(2)) amend.price = random_.pick({97.5_d, 98_d, 101_d, 103.5_d});
            if (!amend.price || random_.one_in(3)) amend.size = random_.pick({0.4_d, 1_d, 2_d});
            command.request = amend;
        } else if (kind < 94) {
            command.request = gw::CancelAll{.market_id = random_.one_in(2) ? std::optional(btc) : std::nullopt};
        } else if (random_.one_in(2)) {
            command.request = gw::GetOrders{};
        } else {
            command.request = gw::GetPositions{};
        }
    }
    void draw_order(PlannedCommand& command, std::uint64_t number) {
        // The same command again, or another under the same name.
        if (!named_.empty() && random_.one_in(10)) {
            auto again = named_[random_.below(named_.size())];
            if (random_.one_in(3)) again = order(again.client_order_id);
            command.request = again;
            return;
        }
        command.minted = random_.one_in(2);
        auto id = command.minted ? minted_id(number) : ClientOrderId{"c" + std::to_string(number)};
        if (!command.minted && !plan_.history.empty() && random_.one_in(3)) {
            const auto& old = plan_.history[random_.below(plan_.history.size())].order;
            if (random_.one_in(2)) {
                command.request = old;
                orders_.push_back(old);
                named_.push_back(old);
                return;
            }
            id = old.client_order_id;
        }
        orders_.push_back(order(id));
        if (!command.minted) named_.push_back(orders_.back());
        command.request = orders_.back();
    }
    template <class Command> Command of_an_order(Command command) {
        if (random_.one_in(5))
            command.order_id =
                OrderId{"o-" + std::to_string(1 + random_.below(orders_.size() + plan_.history.size() + 1))};
        else
            command.client_order_id = orders_[random_.below(orders_.size())].client_order_id;
        return command;
    }

    Random& random_;
    Plan& plan_;
    std::vector<gw::Order> orders_;
    std::vector<gw::Order> named_; ///< of these, those whose names are not minted, and so can come again
    std::set<std::string> contents_;
};

void draw_history(Random& random, Plan& plan) {
    CommandWriter writer(random, plan);
    const auto count = random.one_in(2) ? 0 : 1 + random.below(random.one_in(3) ? 12 : 4);
    for (std::uint64_t number = 0; number < count; ++number) {
        OldOrder old{.age = random.one_in(3) ? Milliseconds(25h) : Milliseconds(5min),
                     .order = writer.order({"h" + std::to_string(number)})};
        old.cancelled = random.one_in(3) || old.age > 24h;
        plan.history.push_back(old);
    }
    std::stable_sort(plan.history.begin(), plan.history.end(),
                     [](const OldOrder& left, const OldOrder& right) { return left.age > right.age; });
}

/// How likely each kind is, in the order of the kinds.
constexpr std::array<unsigned, 34> weights{8, 14, 6, 12, 4, 4, 4, 2, 8, 2, 3, 4, 3, 3, 2, 2, // sessions
                                           4, 6,  6, 6,  2, 5, 3, 6, 3, 3, 6, 4, 3, 3, 4, 3, 2, 2};

StepKind draw_kind(Random& random) {
    static constexpr auto total = [] {
        unsigned sum = 0;
        for (const auto weight : weights) sum += weight;
        return sum;
    }();
    auto left = random.below(total);
    std::size_t kind = 0;
    for (; left >= weights[kind]; ++kind) left -= weights[kind];
    return static_cast<StepKind>(kind);
}

Step draw_step(Random& random) {
    Step step{.kind = draw_kind(random)};
    step.session = random.one_in(4) ? 1 + static_cast<unsigned>(random.below(3)) : 0;
    step.message = random.one_in(8) ? static_cast<unsigned>(random.below(3))
                                    : 3 + static_cast<unsigned>(random.below(random.one_in(3) ? 12 : 3));
    step.how =
        random.pick({Ending::close_frame, Ending::close_frame, Ending::stream_end, Ending::reset, Ending::silence});
    step.at = random.of_any_scale(1ms, 20s);
    step.lasts = random.of_any_scale(10ms, 30s);
    step.value = random.next();
    return step;
}

/// A step that befalls one of the first commands of the first session.
Step early_step(Random& random, StepKind kind) {
    auto step = draw_step(random);
    step.kind = kind;
    step.session = 0;
    step.message = 2 + static_cast<unsigned>(random.below(4));
    return step;
}

/// A step that happens while a lost command is looked up, or that goes on all the time.
Step trouble(Random& random) {
    auto step = draw_step(random);
    step.kind = random.pick({StepKind::relink, StepKind::other_account, StepKind::nameless, StepKind::replay_hole,
                             StepKind::replay_hole, StepKind::replay_disorder, StepKind::reset, StepKind::retention,
                             StepKind::no_subscription, StepKind::foreign_cancel});
    step.session = 0;
    const bool is_window = step.kind >= StepKind::outage && step.kind <= StepKind::replay_unnumbered;
    step.at = is_window ? Clock::duration{} : random.between(300ms, 2s);
    step.lasts = 30s;
    return step;
}

/// While a lost command can't be looked up, something happens that makes of what is read later no evidence: whose the
/// session was is not known, and the account is another's since; or the exchange has begun anew, which only an
/// execution that was seen shows.
void draw_false_witness(Random& random, Plan& plan) {
    auto later = draw_step(random);
    later.at = random.between(1s, 3s);
    if (random.one_in(2)) {
        plan.steps.push_back(early_step(random, StepKind::nameless));
        later.kind = random.pick({StepKind::relink, StepKind::other_account});
    } else {
        plan.history.clear();
        plan.engine.follow_for = Milliseconds(5s);
        later.kind = StepKind::reset;
    }
    auto until_then = draw_step(random);
    until_then.kind = StepKind::look_up_fails;
    until_then.at = {};
    until_then.lasts = later.at;
    plan.steps.push_back(until_then);
    plan.steps.push_back(later);
}

/// The first order has the name of one of other terms from before, and nothing tells which is the older.
void draw_namesake(Random& random, Plan& plan) {
    if (plan.history.empty()) return;
    plan.steps.push_back(early_step(random, StepKind::no_subscription));
    plan.steps.front().message = plan.engine.follow_for ? 2 : 3;
    const auto& old = plan.history.back().order;
    plan.commands.front() = {.request = CommandWriter(random, plan).order(old.client_order_id)};
}

/// Steps that belong together: the rarer a fault of the engine, the more must come together to show it.
void draw_theme(Random& random, Plan& plan) {
    switch (random.below(3)) {
    case 0: // lost behind the exchange's back, and looked up amid trouble
        plan.steps.push_back(early_step(random, random.one_in(4) ? StepKind::hold : StepKind::end_after));
        if (!random.one_in(5)) plan.steps.back().how = Ending::close_frame;
        if (random.one_in(3)) return draw_false_witness(random, plan);
        if (random.one_in(4)) return draw_namesake(random, plan);
        for (auto count = random.below(3); count > 0; --count) plan.steps.push_back(trouble(random));
        return;
    case 1: // held back somewhere
        plan.steps.push_back(early_step(random, StepKind::hold));
        plan.steps.back().at = random.of_any_scale(1ms, 4s);
        return;
    default: // answered strangely
        plan.steps.push_back(early_step(random, random.one_in(2) ? StepKind::slow_auth : StepKind::false_answer));
        plan.steps.push_back(early_step(random, random.one_in(2) ? StepKind::double_answer : StepKind::false_answer));
        return;
    }
}

std::string text_of(const gw::Order& order) {
    return fmt::format("{} {} {} {} at {} {} {}{}{}", order.client_order_id.value, order.market_id->text(),
                       to_string(order.side), order.size.text(), order.price ? order.price->text() : "market",
                       to_string(order.time_in_force), order.post_only ? "post-only " : "",
                       order.reduce_only ? "reduce-only " : "", to_string(order.order_type));
}

std::string text_of(const trading::Request& request) {
    if (const auto* order = std::get_if<gw::Order>(&request)) return "order " + text_of(*order);
    auto text = trading::label_of(request).what;
    if (const auto* amend = std::get_if<gw::Amend>(&request)) {
        if (amend->price) text += " price " + amend->price->text();
        if (amend->size) text += " size " + amend->size->text();
    }
    return text;
}

} // namespace

std::string text_of(Clock::duration duration) {
    return fmt::format("{:.3f} ms", std::chrono::duration<double, std::milli>(duration).count());
}

/// An order, and amends of it that are within the limit one by one, and not all together.
void draw_creeping(Random& random, Plan& plan) {
    plan.limits = {.max_order_notional = Setting<Decimal>{101.5_d, "the plan"}};
    const ClientOrderId id{"creeping"};
    PlannedCommand order{.request = gw::Order{.client_order_id = id,
                                              .market_id = btc,
                                              .side = Side::sell,
                                              .order_type = OrderType::limit,
                                              .price = 101_d,
                                              .size = 0.4_d,
                                              .post_only = random.one_in(2)}};
    std::vector<PlannedCommand> all{order};
    all.push_back({.request = gw::Amend{.client_order_id = id, .price = 103.5_d}});
    all.push_back({.request = gw::Amend{.client_order_id = id, .size = 1_d}});
    if (random.one_in(2)) std::swap(all[1], all[2]);
    if (random.one_in(2)) all[2].at = all[1].at = random.of_any_scale(1ms, 8s);
    if (random.one_in(4)) { // the first amend is given up, and arrives when the second has been judged
        plan.one_shot = false;
        plan.engine.timeout = 2s;
        plan.steps.push_back(early_step(random, StepKind::hold));
        plan.steps.back().message = plan.engine.follow_for ? 3 : 4;
        plan.steps.back().at = random.between(2s, 6s);
    }
    plan.commands.insert(plan.commands.begin(), all.begin(), all.end());
    std::stable_sort(plan.commands.begin(), plan.commands.end(),
                     [](const auto& left, const auto& right) { return left.at < right.at; });
}

/// Most clients have none.
Limits draw_limits(Random& random) {
    const Setting<Decimal> size{random.pick({0.4_d, 1_d, 2_d}), "the plan"};
    const Setting<Decimal> notional{random.pick({50_d, 99_d, 101.5_d, 200_d}), "the plan"};
    const auto kind = random.below(8);
    Limits limits;
    if (kind == 0 || kind == 2) limits.max_order_size = size;
    if (kind == 1 || kind == 2) limits.max_order_notional = notional;
    return limits;
}

Plan Plan::draw(std::uint64_t seed) {
    Plan plan;
    plan.seed = seed;
    auto random = Random::of(seed, 1);
    plan.one_shot = random.one_in(3);
    plan.latency = random.pick<Clock::duration>({50us, 1ms, 10ms, 80ms});
    plan.jitter = random.one_in(2) ? plan.latency : plan.latency / 8;
    plan.knows_expiry = random.one_in(2);
    plan.engine.seed = seed;
    plan.engine.timeout = random.pick<Milliseconds>({10s, 10s, 10s, 2s, 5s, 20s});
    plan.engine.journal = !random.one_in(8);
    plan.engine.pipeline = !random.one_in(6);
    plan.engine.paced = !random.one_in(10);
    if (random.one_in(3)) plan.engine.follow_for = random.pick<Milliseconds>({0s, 1s, 5s, 30s});
    auto of_limits = Random::of(seed, 2);
    plan.limits = draw_limits(of_limits);
    draw_history(random, plan);
    CommandWriter(random, plan).write();
    if (of_limits.one_in(6)) draw_creeping(of_limits, plan);
    const bool has_theme = random.one_in(2);
    if (has_theme) draw_theme(random, plan);
    const auto count = random.below(has_theme ? 2 : 7);
    for (std::uint64_t step = 0; step < count; ++step) plan.steps.push_back(draw_step(random));
    return plan;
}

Plan Plan::without(const std::set<std::size_t>& parts) const {
    auto rest = *this;
    rest.commands.clear();
    rest.steps.clear();
    rest.history.clear();
    std::size_t part = 0;
    const auto keep = [&](const auto& from, auto& to) {
        for (const auto& one : from)
            if (!parts.contains(part++)) to.push_back(one);
    };
    keep(commands, rest.commands);
    keep(steps, rest.steps);
    keep(history, rest.history);
    return rest;
}

const Step* Plan::find(StepKind kind, unsigned session, unsigned message) const {
    for (const auto& step : steps)
        if (step.kind == kind && step.session == session && step.message == message) return &step;
    return nullptr;
}

const Step* Plan::find(StepKind kind, unsigned session) const {
    for (const auto& step : steps)
        if (step.kind == kind && step.session == session) return &step;
    return nullptr;
}

std::string Plan::text() const {
    std::string text = fmt::format(
        "seed {}: {}, timeout {} ms, latency {}{}{}{}{}{}{}\n", seed, one_shot ? "one shot" : "batch",
        engine.timeout.count(), sim::text_of(latency), engine.journal ? "" : ", no journal",
        engine.pipeline ? "" : ", no pipeline", engine.paced ? "" : ", unpaced",
        engine.follow_for ? fmt::format(", followed for {} ms", engine.follow_for->count()) : std::string(),
        limits.max_order_size ? ", size at most " + limits.max_order_size->value.text() : std::string(),
        limits.max_order_notional ? ", notional at most " + limits.max_order_notional->value.text() : std::string());
    for (const auto& old : history)
        text += fmt::format("  before: {}{}, {} h ago\n", text_of(old.order), old.cancelled ? ", cancelled" : "",
                            old.age / 1h);
    std::size_t line = 0;
    for (const auto& command : commands)
        text += fmt::format("  line {} from {}: {}{}\n", ++line, sim::text_of(command.at), text_of(command.request),
                            command.minted ? " (minted)" : "");
    for (const auto& step : steps)
        text += fmt::format("  step: {}, session {}, message {}, at {}, lasts {}, {}, value {}\n", to_string(step.kind),
                            step.session, step.message, sim::text_of(step.at), sim::text_of(step.lasts),
                            to_string(step.how), step.value % 1000);
    return text;
}

} // namespace omen::sim
