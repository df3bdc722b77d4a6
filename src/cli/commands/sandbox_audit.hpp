#pragma once

#include "cli/context/command.hpp"

namespace omen {

/// `sandbox audit`: whether the running sandbox's money and books add up.
void add_sandbox_audit(CLI::App& app, Run& run);

} // namespace omen
