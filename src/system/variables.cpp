#include "system/variables.hpp"

#include <cstdlib>

namespace omen {

std::optional<std::string> process_variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

std::optional<std::string> user_directory(const Variables& variables, const std::string& xdg_name,
                                          const std::string& otherwise) {
    const auto base = variables(xdg_name);
    if (base && base->starts_with('/')) return *base + "/omenctl"; // XDG: a relative one is to be ignored
    const auto home = variables("HOME");
    if (!home) return std::nullopt;
    return *home + "/" + otherwise + "/omenctl";
}

} // namespace omen
