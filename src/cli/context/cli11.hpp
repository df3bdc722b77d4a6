#pragma once

// The precompiled header of this folder. CLI11 makes its ready-made validators anew in every file that includes it,
// which costs each start as much as the whole parsing of a command line. None is used here: each becomes a null
// pointer.
#define ExistingFile *const no_existing_file = nullptr
#define ExistingDirectory *const no_existing_directory = nullptr
#define ExistingPath *const no_existing_path = nullptr
#define NonexistentPath *const no_nonexistent_path = nullptr
#define ValidIPV4 *const no_valid_ipv4 = nullptr
#define EscapedString *const no_escaped_string = nullptr // since CLI11 2.4
#define Number(name) *const no_number = nullptr          // with its parenthesis: template parameters have the same name
#define NonNegativeNumber(...) *const no_non_negative_number = nullptr
#define PositiveNumber(...) *const no_positive_number = nullptr

#include <CLI/CLI.hpp>

#undef ExistingFile
#undef ExistingDirectory
#undef ExistingPath
#undef NonexistentPath
#undef ValidIPV4
#undef EscapedString
#undef Number
#undef NonNegativeNumber
#undef PositiveNumber
