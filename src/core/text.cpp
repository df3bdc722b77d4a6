#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utf8proc.h>
#include <vector>

namespace omen {

namespace {

/// Whether a character is drawn over the one before it.
bool is_mark(char32_t character) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(character));
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

} // namespace

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_unseen(char32_t character) {
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

NextCharacter next_character(std::string_view text) {
    utf8proc_int32_t character = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                        static_cast<utf8proc_ssize_t>(text.size()), &character);
    if (bytes <= 0) return {};
    return {static_cast<char32_t>(character), static_cast<std::size_t>(bytes)};
}

std::string harmless(std::string_view text, LineBreaks breaks) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; })) return std::string(text);
    constexpr int most_marks = 2;
    std::string out;
    int marks = most_marks; // as many as there may be: there is nothing yet that they could combine with
    while (!text.empty()) {
        const auto [character, bytes] = next_character(text);
        const bool combines = character && is_mark(*character);
        marks = combines ? marks + 1 : 0;
        if (character == U'\t' || (character == U'\n' && breaks == LineBreaks::blank))
            out += ' ';
        else if (character == U'\n')
            out += '\n';
        else if (!character)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        else if (utf8proc_category(static_cast<utf8proc_int32_t>(*character)) == UTF8PROC_CATEGORY_CC)
            out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(*character));
        else if (is_unseen(*character) || (combines && marks > most_marks))
            out += fmt::format("U+{:04X}", static_cast<std::uint32_t>(*character));
        else
            out += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return out;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto [character, bytes] = next_character(text);
        columns +=
            character
                ? static_cast<std::size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(*character))))
                : 1;
        text.remove_prefix(bytes);
    }
    return columns;
}

std::string shortened(std::string_view text, std::size_t longest) {
    if (text.size() <= longest) return std::string(text);
    constexpr std::string_view dots = "...";
    auto size = longest - dots.size();
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    return std::string(text.substr(0, size)).append(dots);
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const auto replaced = diagonal + (left[i] != right[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
    const auto wanted = lower(name);
    std::string best;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto text = lower(candidate);
        auto distance = edit_distance(wanted, text);
        if (text.starts_with(wanted) && wanted.size() >= 2) distance = std::min<std::size_t>(distance, 1);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace omen
