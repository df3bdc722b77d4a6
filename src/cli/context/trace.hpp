#pragma once

#include "client/trace/wire_log.hpp"
#include "core/output_format.hpp"

namespace omen {

/// How much of what goes over the wire is printed on stderr.
enum class Verbosity {
    quiet,
    verbose, ///< connections, and one line a message
    trace,   ///< messages whole
};

/// A line of the trace, with its line end: "[   1.204 ms] > ws://localhost:8080/ order, 182 bytes {...}"; under json
/// and ndjson an object.
std::string trace_line(const WireLine& line, Verbosity verbosity, Format format);

} // namespace omen
