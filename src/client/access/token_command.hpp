#pragma once

#include "core/time.hpp"

#include <string>
#include <vector>

namespace omen {

/// Runs a program, without a shell, that prints a token, and returns the one line that it has printed. Its standard
/// input is empty and its stderr ours; it can't ask at the terminal. Beyond the limit it is killed, with all that it
/// has started. Errors: credentials, when it can't be started, fails, hangs, or prints anything but one line. No error
/// ever repeats what it has printed.
std::string run_token_command(const std::vector<std::string>& command, Milliseconds limit);

} // namespace omen
