#pragma once

#include "cli/command.hpp"
#include "cli/settings.hpp"

namespace omen {

/// Adds all flags, and these commands, to an App. Parsing fills `flags`, and sets `run` to what the command line has
/// chosen.
void build_app(CLI::App& app, GlobalFlags& flags, Run& run, std::span<const Command> among = commands());

/// The whole program: parses the command line, runs the command, reports, and returns the exit code.
int run(int argc, const char* const* argv, const Variables& variables);

} // namespace omen
