#pragma once

#include "core/output_format.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace omen {

/// Whether stdout is a terminal.
bool stdout_is_terminal();

/// The width of the terminal that stdout is: $COLUMNS, else what the terminal says; 0 where stdout is none.
std::size_t terminal_width(const std::function<std::optional<std::string>(const std::string&)>& variables);

/// Whether to use colour: as chosen (--color), else by NO_COLOR (https://no-color.org) and CLICOLOR_FORCE, else on a
/// terminal.
bool use_colour(ColourChoice choice, const std::function<std::optional<std::string>(const std::string&)>& variables);

} // namespace omen
