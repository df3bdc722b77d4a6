#pragma once

#include "cli/app/global_options.hpp"
#include "cli/context/command.hpp"

namespace omen {

/// Adds all flags and commands to an App, or only those that some words may name. Parsing fills `flags`, and sets `run`
/// to what the command line has chosen.
void build_app(CLI::App& app, GlobalFlags& flags, Run& run, std::optional<Words> only_for = {});

/// The whole program: parses the command line, runs the command, reports, and returns the exit code. Throws
/// Interrupted, when all that is done, where the process is to die of a signal.
int run(int argc, const char* const* argv, const Variables& variables);

} // namespace omen
