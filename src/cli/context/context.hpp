#pragma once

#include "cli/context/console.hpp"
#include "cli/context/sessions.hpp"
#include "cli/context/settings.hpp"

#include <string>

namespace omen {

/// What a command works with.
struct Context {
    Context(GlobalFlags flags, Variables variables) : settings(std::move(flags), std::move(variables)) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    Settings settings;
    Console console{settings};
    Sessions sessions{settings, console};

    /// Whether confirm() would ask: on a terminal, unless the exchange is local, or --yes or the profile says not to.
    bool asks();
    /// Asks before something that can't be undone, with lines that say what it is. A "no" is a refused_locally Error.
    void confirm(const std::string& what, const std::vector<std::string>& lines = {});
};

} // namespace omen
