#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace omen {

enum class IfExists { replace, keep };

/// Writes a whole file in one step, so that whoever reads it meanwhile has the old text or the new one: mode 0600,
/// missing directories 0700. False when there is such a file already and it is to be kept. Throws std::system_error.
bool write_private_file(const std::string& path, std::string_view text, IfExists if_exists = IfExists::replace);

/// The text of a private file. Where there is none it is written with what `create` returns, and of several processes
/// that do so at once all return the same text. Throws std::system_error.
std::string read_or_create_private_file(const std::string& path, const std::function<std::string()>& create);

/// Makes a directory and whatever is missing above it, mode 0700. Throws std::system_error.
void make_private_directories(const std::filesystem::path& path);

/// A URL as a part of a file name, readable, and different for different URLs.
std::string file_name_part(const std::string& url);

} // namespace omen
