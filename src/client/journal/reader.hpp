#pragma once

#include "client/journal/format.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Reads what the journal's files hold. Of most lines only what stands at their beginning and end is looked at
/// (scan()), and only those are decoded that are asked for.
namespace omen {

/// What a journal holds, as far as it was asked for.
struct JournalContents {
    std::vector<JournalEntry> entries; ///< oldest first
    std::size_t unreadable = 0;        ///< lines that were passed over
    std::vector<std::string> files;    ///< oldest first
};

/// Which entries are asked for.
struct JournalQuery {
    enum class Which {
        all,
        unresolved, ///< only with what stands in their own lines
        to_resolve, ///< with what the session, the process and others have written down, too
    };
    Which which = Which::all;
    /// Beside the unresolved ones those that resolve has concluded since then not to have been executed.
    Timestamp concluded_since{INT64_MAX};
};

/// Errors of all these: usage ("journal_unreadable") when a file can't be read.
JournalContents read_journal(std::vector<std::string> files, const JournalQuery& query);

/// Whether some line that is not another identity's has this entry, client order id or order id.
bool journal_knows(const std::vector<std::string>& files, std::string_view identity, const std::string& id);

} // namespace omen
