#pragma once

#include "cli/context/command.hpp"

namespace omen {

/// Where what must outlive a sandbox's process is kept, its keys: $XDG_STATE_HOME/omenctl. Errors: usage.
std::string sandbox_state_directory(const Settings& settings);

/// `sandbox fault`: what is to go wrong in a sandbox that is running.
void add_sandbox_fault(CLI::App& app, Run& run);

} // namespace omen
