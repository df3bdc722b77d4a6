#pragma once

#include "protocol/recording.hpp"

#include <string>

namespace omen::sandbox {

/// Reads a recording from a file. A usage Error when it can't be read or is none.
Recording load_recording(const std::string& path);

} // namespace omen::sandbox
