#include "sim/killed/plan.hpp"

#include "sim/random.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;

/// Whatever was held back has been delivered within the two minutes that the rules wait for.
constexpr Clock::duration longest_hold = 45s;

std::vector<Look> draw_looks(Random& random) {
    std::vector<Look> looks;
    auto at = Clock::duration{};
    for (auto count = 1 + random.below(4); count > 0; --count) {
        at += random.one_in(3)   ? random.of_any_scale(1s, 60s)
              : random.one_in(2) ? random.between(100s, 200s)
                                 : random.between(2min, 40min);
        looks.push_back({.at = at, .is_mark = random.one_in(4), .is_torn = random.one_in(8)});
    }
    return looks;
}

/// What befalls a look, or happens before it.
Step trouble_of(Random& random, const Look& look) {
    Step step;
    step.kind =
        random.pick({StepKind::replay_hole, StepKind::replay_disorder, StepKind::replay_unnumbered,
                     StepKind::look_up_fails, StepKind::retention, StepKind::reset, StepKind::reset, StepKind::relink,
                     StepKind::other_account, StepKind::wall_jump, StepKind::foreign_order, StepKind::foreign_cancel});
    step.how = random.pick({Ending::close_frame, Ending::reset, Ending::silence});
    step.at = look.at - random.of_any_scale(1ms, std::min<Clock::duration>(look.at, 100s));
    step.lasts = 1h;
    step.value = random.next();
    return step;
}

/// The same order again: whether it is there, only its first entry in the journal can have brought about.
void repeat_an_order(Random& random, Plan& life) {
    auto& commands = life.commands;
    const auto first = random.below(commands.size());
    auto again = commands[first];
    const auto* order = std::get_if<gw::Order>(&again.request);
    if (order == nullptr || again.minted) return;
    commands.insert(commands.begin() + static_cast<std::ptrdiff_t>(first) + 1, std::move(again));
}

} // namespace

KilledPlan KilledPlan::draw(std::uint64_t seed) {
    KilledPlan plan;
    plan.life = Plan::draw(seed);
    auto random = Random::of(seed, 2);
    auto& life = plan.life;
    life.engine.journal = true;
    std::erase_if(life.steps, [](const Step& step) { return step.kind == StepKind::disk_full; });
    for (auto& step : life.steps) {
        if (step.kind != StepKind::hold) continue;
        step.lasts = random.one_in(2) ? random.between(5s, longest_hold) : std::min(step.lasts, longest_hold);
    }
    for (auto count = random.below(3); count > 0; --count) repeat_an_order(random, life);
    plan.dies_at = 1 + static_cast<unsigned>(random.below(std::uint64_t{1} << (3 + random.below(5))));
    plan.reboots = random.one_in(6);
    if (random.one_in(3)) plan.torn = 1 + static_cast<unsigned>(random.below(400));
    if (random.one_in(6))
        plan.disk = {.first = 1 + static_cast<unsigned>(random.below(4)),
                     .count = 1 + static_cast<unsigned>(random.below(4)),
                     .bytes = static_cast<unsigned>(random.below(random.one_in(2) ? 40 : 900))};
    plan.looks = draw_looks(random);
    for (auto count = random.below(3); count > 0; --count)
        life.steps.push_back(trouble_of(random, plan.looks[random.below(plan.looks.size())]));
    return plan;
}

KilledPlan KilledPlan::without(const std::set<std::size_t>& parts) const {
    auto rest = *this;
    rest.life = life.without(parts);
    rest.looks.clear();
    auto part = life.parts();
    for (const auto& look : looks)
        if (!parts.contains(part++)) rest.looks.push_back(look);
    if (disk && parts.contains(part)) rest.disk.reset();
    return rest;
}

std::string KilledPlan::text() const {
    auto text = life.text() + fmt::format("  killed at step {}{}{}\n", dies_at, reboots ? ", with the machine" : "",
                                          torn != 0 ? fmt::format(", torn by {} bytes", torn) : "");
    if (disk)
        text += fmt::format("  disk: full at write {}, behind {} bytes, for {} writes\n", disk->first, disk->bytes,
                            disk->count);
    for (const auto& look : looks)
        text += fmt::format("  {} at {}{}\n", look.is_mark ? "another session" : "resolve", sim::text_of(look.at),
                            look.is_torn ? ", torn" : "");
    return text;
}

} // namespace omen::sim
