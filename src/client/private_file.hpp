#pragma once

#include <string>
#include <string_view>

namespace omen {

enum class IfExists { replace, keep };

/// Writes a whole file in one step, so that whoever reads it meanwhile has the old text or the new one: mode 0600,
/// missing directories 0700. False when there is such a file already and it is to be kept. Throws std::system_error.
bool write_private_file(const std::string& path, std::string_view text, IfExists if_exists = IfExists::replace);

} // namespace omen
