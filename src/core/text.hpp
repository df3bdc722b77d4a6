#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// ASCII lower case.
std::string lower(std::string_view text);

/// The text without these characters at its ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t");

/// Whether all of the text is visible ASCII: no blank, no control character.
bool is_visible_ascii(std::string_view text);

/// Whether a character (a Unicode code point) does something to a terminal, or to how the text around it is read, in
/// place of being seen: controls, formats such as those of direction, separators of lines, private and unassigned ones.
bool is_unseen(char32_t character);

/// The next character of a text, which is not empty, and how many bytes it takes; nothing where these are no UTF-8.
struct NextCharacter {
    std::optional<char32_t> character;
    std::size_t bytes = 1;
};
NextCharacter next_character(std::string_view text);

enum class LineBreaks { blank, kept };
/// The text as people may be shown it, whoever wrote it: everything in it is seen. Controls and bytes that are no UTF-8
/// are \x1b, other unseen characters U+202E; a tab is a blank, and so is a line break unless it is kept. Marks that
/// combine with what stands before are seen on their own where there is nothing before, or more than two of them.
std::string harmless(std::string_view text, LineBreaks breaks = LineBreaks::blank);

/// How many columns of a terminal a harmless text takes.
std::size_t columns_of(std::string_view text);

/// The beginning of a text that is too long, with "..." behind it; never half a character.
std::string shortened(std::string_view text, std::size_t longest);
/// So much of a peer's words is repeated in an error.
inline constexpr std::size_t longest_quote = 1024;

/// How many single-character edits turn one text into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate nearest to a misspelt name, any case; empty when none is near enough to be meant.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

} // namespace omen
