#include "cli/subcommands.hpp"

#include <CLI/CLI.hpp>

namespace omen {

void add_subcommands(CLI::App& app, Run& run, std::span<const Command> commands, bool eager) {
    app.require_subcommand(1);
    for (const auto& command : commands) {
        auto* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
        sub->fallthrough();
        const auto add = [sub, &run, &command] { command.add(*sub, run); };
        if (eager)
            add();
        else
            sub->preparse_callback([add](std::size_t) { add(); });
    }
}

} // namespace omen
