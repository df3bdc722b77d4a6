#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// ASCII lower case.
std::string lower(std::string_view text);

/// Whether all of the text is visible ASCII: no blank, no control character.
bool is_visible_ascii(std::string_view text);

/// The text on one line: each control character of ASCII is a blank. A peer's words can then neither move the cursor
/// nor fake a second line.
std::string on_one_line(std::string text);

/// How many single-character edits turn one text into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate nearest to a misspelt name, any case; empty when none is near enough to be meant.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

} // namespace omen
