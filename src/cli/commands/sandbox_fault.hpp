#pragma once

#include "cli/context/command.hpp"

namespace omen {

/// `sandbox fault`: what is to go wrong in a sandbox that is running.
void add_sandbox_fault(CLI::App& app, Run& run);

} // namespace omen
