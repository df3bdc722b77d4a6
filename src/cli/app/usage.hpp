#pragma once

#include "core/error.hpp"

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace omen {

/// What CLI11 makes of a bad command line, as one usage Error in plain words: an unknown command or flag with what was
/// meant, and the help to read.
Error usage_error(const CLI::App& app, const CLI::ParseError& error);

/// Refuses an empty value, which an unset variable gives where something was to be named. Errors: usage.
void refuse_empty_values(const CLI::App& app);

} // namespace omen
