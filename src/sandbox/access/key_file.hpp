#pragma once

#include <functional>
#include <string>

namespace omen::sandbox {

/// The text of a secret file. Where there is none it is made of `create`'s result (0600; missing directories 0700), and
/// of several processes that do so at once one wins and all return the same text. A usage Error when neither works.
std::string read_or_create_secret(const std::string& path, const std::function<std::string()>& create);

} // namespace omen::sandbox
