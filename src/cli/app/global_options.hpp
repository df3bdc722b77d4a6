#pragma once

#include "cli/context/settings.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <span>

namespace omen {

/// A command line's words.
using Words = std::span<const char* const>;

/// Adds the flags that go with every command, or only those that some words may name.
void add_global_options(CLI::App& app, GlobalFlags& flags, std::optional<Words> only_for);

} // namespace omen
