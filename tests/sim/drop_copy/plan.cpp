#include "sim/drop_copy/plan.hpp"

#include "sim/random.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;

FeedStep draw_feed_step(Random& random) {
    using Kind = FeedStepKind;
    FeedStep step;
    step.kind =
        random.pick({Kind::lose, Kind::lose, Kind::twice, Kind::late, Kind::end, Kind::deaf, Kind::cut, Kind::retention,
                     Kind::reset, Kind::restart, Kind::relink, Kind::kill, Kind::kill, Kind::kill});
    step.at = random.between({}, 20s);
    step.connection = static_cast<unsigned>(random.below(random.one_in(2) ? 1 : 4));
    step.number = static_cast<unsigned>(random.below(random.one_in(2) ? 4 : 16));
    if (step.kind == Kind::kill) step.number = static_cast<unsigned>(random.below(random.one_in(2) ? 12 : 60));
    step.how = random.pick({Ending::close_frame, Ending::stream_end, Ending::reset, Ending::silence});
    step.value = random.next();
    return step;
}

} // namespace

DropCopyPlan DropCopyPlan::draw(std::uint64_t seed) {
    DropCopyPlan plan;
    plan.seed = seed;
    auto random = Random::of(seed, 3);
    plan.latency = random.pick<Clock::duration>({50us, 1ms, 10ms, 80ms});
    plan.has_cursor = !random.one_in(4);
    if (random.one_in(2)) plan.from_sequence = 1 + random.below(4);
    const auto trades = 1 + random.below(random.one_in(3) ? 40 : 10);
    for (std::uint64_t trade = 0; trade < trades; ++trade) {
        // Many at once, or one now and then.
        const auto at = random.one_in(2) ? random.between(0s, 20s) : random.between(1s, 1s + 4 * plan.latency);
        plan.steps.push_back({.kind = FeedStepKind::trade, .at = at, .value = random.next()});
    }
    for (auto count = random.below(6); count > 0; --count) plan.steps.push_back(draw_feed_step(random));
    // What a connection tells may be lost with it.
    if (random.one_in(8)) {
        plan.steps.push_back(draw_feed_step(random));
        plan.steps.back().kind = FeedStepKind::relink;
        plan.steps.push_back({.kind = FeedStepKind::deaf, .connection = 1, .number = 1, .how = Ending::reset});
    }
    return plan;
}

DropCopyPlan DropCopyPlan::without(const std::set<std::size_t>& parts) const {
    auto rest = *this;
    rest.steps = steps.without(parts);
    return rest;
}

bool DropCopyPlan::has(FeedStepKind kind) const {
    return std::any_of(steps.begin(), steps.end(), [&](const FeedStep& step) { return step.kind == kind; });
}

std::string DropCopyPlan::text() const {
    auto text =
        fmt::format("seed {}: latency {}, {} cursor{}\n", seed, sim::text_of(latency), has_cursor ? "with a" : "no",
                    from_sequence ? fmt::format(", from {}", *from_sequence) : std::string());
    return text + steps.text();
}

} // namespace omen::sim
