#pragma once

#include "core/time.hpp"
#include "protocol/recording.hpp"

#include <string>

namespace omen::sandbox {

/// Reads a recording from a file or pipe. A usage Error when it can't be read or is none.
Recording load_recording(const std::string& path, Deadline deadline = Deadline::never());

} // namespace omen::sandbox
