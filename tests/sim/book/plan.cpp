#include "sim/book/plan.hpp"

#include "sim/random.hpp"

#include <fmt/format.h>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;

BookStep draw_book_step(Random& random, bool from_rest) {
    using Kind = BookStepKind;
    BookStep step;
    step.kind = random.pick({Kind::lose, Kind::lose, Kind::twice, Kind::late, Kind::late, Kind::corrupt, Kind::gap,
                             Kind::end, Kind::mute, Kind::cut, Kind::reset});
    step.at = random.between(10ms, 20s);
    step.connection = static_cast<unsigned>(random.below(random.one_in(2) ? 1 : 4));
    step.number = static_cast<unsigned>(random.below(random.one_in(2) ? 4 : 16));
    step.how = random.pick({Ending::close_frame, Ending::stream_end, Ending::reset, Ending::silence});
    // Deltas of one run, and a REST snapshot of the next, would be paired by whoever hears of the end too late.
    if (from_rest && step.kind == Kind::reset && step.how == Ending::silence) step.how = Ending::reset;
    step.value = random.next();
    return step;
}

} // namespace

BookPlan BookPlan::draw(std::uint64_t seed) {
    BookPlan plan;
    plan.seed = seed;
    auto random = Random::of(seed, 4);
    plan.latency = random.pick<Clock::duration>({50us, 1ms, 10ms, 80ms});
    plan.from_rest = random.one_in(3);
    const auto changes = 1 + random.below(random.one_in(3) ? 40 : 12);
    for (std::uint64_t change = 0; change < changes; ++change) {
        // While the book is being got, and at any time.
        const auto at = random.one_in(2) ? random.between(0s, 20s) : random.between(0s, 8 * plan.latency);
        plan.steps.push_back({.kind = BookStepKind::change, .at = at, .value = random.next()});
    }
    for (auto count = random.below(6); count > 0; --count) plan.steps.push_back(draw_book_step(random, plan.from_rest));
    return plan;
}

BookPlan BookPlan::without(const std::set<std::size_t>& parts) const {
    auto rest = *this;
    rest.steps = steps.without(parts);
    return rest;
}

std::string BookPlan::text() const {
    auto text = fmt::format("seed {}: latency {}, books from {}\n", seed, sim::text_of(latency),
                            from_rest ? "REST" : "the stream");
    return text + steps.text();
}

} // namespace omen::sim
