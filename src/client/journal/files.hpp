#pragma once

#include "client/journal/format.hpp"
#include "system/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The journal's files, read in blocks, as large as they may be. Errors of all these: usage ("journal_unreadable") when
/// a file can't be read; one that has been deleted meanwhile is empty.
namespace omen {

/// The files of one exchange in a directory, oldest first, from that of a day on ("2026-01-01"); none when there is no
/// such directory.
std::vector<std::string> journal_files(const std::string& directory, const std::string& prefix,
                                       std::string_view from_day = {});
/// The file of a day.
std::string journal_file(const std::string& directory, const std::string& prefix, std::string_view day);

/// One file, to read from; none where it has been deleted.
Descriptor open_journal_file(const std::string& path);

/// Is given a line that is not empty, and where in its file it begins.
using OnJournalLine = std::function<void(std::string_view line, std::uint64_t offset)>;

/// Every line from a place on.
void for_each_journal_line(const std::string& path, std::uint64_t from, const OnJournalLine& on_line);
/// Every line that contains a text, until false is returned; of the others nothing is looked at but whether they do.
void for_each_journal_line_with(const std::string& path, std::string_view text,
                                const std::function<bool(std::string_view line)>& on_line);

/// What stands at a line's beginning and end, however it was written; nothing when it can't be read. `storage` is where
/// the texts are then.
std::optional<ScannedLine> scan(std::string_view text, JournalLine& storage);
/// The line; nothing when it can't be read.
std::optional<JournalLine> read_if_possible(std::string_view text);
/// A text as it stands in a line.
std::string journal_text(std::string_view text);

} // namespace omen
