#include "cli/context/subcommands.hpp"

#include <CLI/CLI.hpp>

namespace omen {

void add_subcommands(CLI::App& app, Run& run, std::span<const Command> commands) {
    app.require_subcommand(1);
    for (const auto& command : commands) {
        auto* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
        sub->fallthrough();
        sub->preparse_callback([sub, &run, add = command.add](std::size_t) { add(*sub, run); });
    }
}

} // namespace omen
