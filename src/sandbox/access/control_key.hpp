#pragma once

#include <string>

namespace omen::sandbox {

/// The key to the control of every sandbox with this state directory, made on first use: who can read it is its user.
/// Errors: usage.
std::string control_key(const std::string& state_dir);

} // namespace omen::sandbox
