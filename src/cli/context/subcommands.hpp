#pragma once

#include "cli/context/command.hpp"

#include <span>

namespace omen {

/// Adds subcommands to an App. The options of each are added once it is chosen: registering all of them costs every
/// start half a millisecond.
void add_subcommands(CLI::App& app, Run& run, std::span<const Command> commands);

} // namespace omen
