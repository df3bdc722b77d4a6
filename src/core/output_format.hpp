#pragma once

#include "core/enums.hpp"

namespace omen {

/// How results are printed.
enum class Format : std::uint8_t { table, json, ndjson, csv };
template <> inline constexpr auto enum_names<Format> = Names<4>{"table", "json", "ndjson", "csv"};

/// Whether errors, too, are JSON.
constexpr bool is_json(Format format) {
    return format == Format::json || format == Format::ndjson;
}

enum class ColourChoice : std::uint8_t { automatic, always, never };
template <> inline constexpr auto enum_names<ColourChoice> = Names<3>{"auto", "always", "never"};

} // namespace omen
