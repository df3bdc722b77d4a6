#include "sim/world.hpp"

#include <fmt/format.h>

#include <utility>

namespace omen::sim {

std::optional<std::string> EngineWorlds::fault_in(const Plan& plan, const Options& options, Figures& figures,
                                                  Tracer tracer) {
    World world(plan, figures, std::move(tracer));
    auto fault = world.run();
    if (!fault && options.avoidable && !world.avoidable().empty()) fault = "avoidable: " + world.avoidable().front();
    return fault;
}

std::string text_of(const Figures& figures) {
    auto text = fmt::format(
        "outcomes: {} done, {} refused, {} not executed, {} not sent, {} unknown, of these {} avoidable; {} behind "
        "a reset that nothing shows; {} reads\nfaults:",
        figures.done, figures.refused, figures.not_executed, figures.not_sent, figures.unknown, figures.avoidable,
        figures.hidden, figures.reads);
    for (std::size_t kind = 0; kind < figures.faults.size(); ++kind)
        text += fmt::format(" {} {}", to_string(static_cast<StepKind>(kind)), figures.faults[kind]);
    return text + "\n";
}

} // namespace omen::sim
