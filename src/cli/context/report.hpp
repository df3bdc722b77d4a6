#pragma once

#include "cli/output/output.hpp"
#include "core/error.hpp"

#include <string>

namespace omen {

/// An error as it goes to stderr, with its line end: "omenctl: <what>: <why>; <what to do>", or one JSON object under
/// json and ndjson.
std::string error_line(const Error& error, Format format);

/// Something to know that is no error, as it goes to stderr: "omenctl: <text>", or {"note": "<text>"}.
std::string note_line(const std::string& text, Format format);

/// Writes to stderr; there is nowhere to report that it can't be written.
void write_stderr(std::string_view text);

/// Writes an error to stderr.
void report(const Error& error, Format format);

} // namespace omen
