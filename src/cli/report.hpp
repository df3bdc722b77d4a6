#pragma once

#include "cli/output/output.hpp"
#include "core/error.hpp"

#include <string>

namespace omen {

/// An error as it goes to stderr, with its line end: "omenctl: <what>: <why>; <what to do>", or one JSON object under
/// json and ndjson.
std::string error_line(const Error& error, Format format);

/// Writes an error to stderr.
void report(const Error& error, Format format);

} // namespace omen
