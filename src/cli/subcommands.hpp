#pragma once

#include "cli/command.hpp"

#include <span>

namespace omen {

/// Adds subcommands to an App. Their options are added once they are chosen (registering all of them costs every start
/// half a millisecond), or at once when `eager`, for whoever wants to see the whole tree.
void add_subcommands(CLI::App& app, Run& run, std::span<const Command> commands, bool eager = false);

} // namespace omen
