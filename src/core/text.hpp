#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// ASCII lower case.
std::string lower(std::string_view text);

/// How many single-character edits turn one text into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate nearest to a misspelt name, any case; empty when none is near enough to be meant.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

} // namespace omen
