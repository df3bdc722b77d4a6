#pragma once

#include <optional>
#include <string>

namespace omen {

/// The whole of a file. Throws std::system_error.
std::string read_file(const std::string& path);

/// The same; nothing when there is no such file.
std::optional<std::string> read_file_if_there(const std::string& path);

} // namespace omen
