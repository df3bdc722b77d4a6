#pragma once

#include "client/environment.hpp"

namespace omen {

/// The whole program: parses the command line, runs the command, reports, and returns the exit code.
int run(int argc, const char* const* argv, const Variables& variables);

} // namespace omen
