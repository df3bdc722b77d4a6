#pragma once

#include "system/variables.hpp"

#include <map>

namespace omen::test {

/// Environment variables that are what the test says.
inline Variables variables(std::map<std::string, std::string> values) {
    return [values](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        if (found == values.end()) return std::nullopt;
        return found->second;
    };
}

} // namespace omen::test
