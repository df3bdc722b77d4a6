#pragma once

#include <functional>
#include <optional>
#include <string>

namespace omen {

/// Looks an environment variable up; nothing when it is unset or empty.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_variable(const std::string& name);

/// This program's directory under one of the XDG base directories ("XDG_CONFIG_HOME", or `otherwise` under the home
/// directory, like ".config"). Nothing when neither variable is set.
std::optional<std::string> user_directory(const Variables& variables, const std::string& xdg_name,
                                          const std::string& otherwise);

} // namespace omen
