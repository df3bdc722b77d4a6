#pragma once

#include "client/trading/journal_format.hpp"
#include "system/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Reads the journal's files, as large as they may be. A file is read in blocks; of most lines only what stands at
/// their beginning and end is looked at (scan()), and only those are decoded that are asked for.
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

/// The files of one exchange in a directory, oldest first, from that of a day on ("2026-01-01"); none when there is no
/// such directory. Errors: usage ("journal_unreadable").
std::vector<std::string> journal_files(const std::string& directory, const std::string& prefix,
                                       std::string_view from_day = {});
/// The file of a day.
std::string journal_file(const std::string& directory, const std::string& prefix, std::string_view day);

/// Errors of all these: usage ("journal_unreadable") when a file can't be read.
JournalContents read_journal(std::vector<std::string> files, const JournalQuery& query);

/// Whether some line that is not another identity's has this entry, client order id or order id.
bool journal_knows(const std::vector<std::string>& files, std::string_view identity, const std::string& id);

/// The entry that tells most of what became of an order (see tells_more()) among those of this identity that placed one
/// with this client order id; nothing when there is none.
std::optional<JournalEntry> find_placed(const std::vector<std::string>& files, std::string_view identity,
                                        const ClientOrderId& id);

/// The same for many ids: the files are read once.
class PlacedOrders {
  public:
    PlacedOrders(const std::vector<std::string>& files, std::string identity);

    std::optional<JournalEntry> find(const ClientOrderId& id) const;

  private:
    /// Where a line stands.
    struct Place {
        std::size_t file;
        std::uint64_t offset;
    };
    struct Placed {
        Place intent;
        std::string known{}; ///< the outcome's name
        std::optional<Place> outcome{};
    };

    void take(const ScannedLine& line, Place place);
    JournalLine read(Place place) const;

    std::string identity_;
    std::vector<Descriptor> files_;
    std::vector<Placed> placed_;
    std::unordered_map<std::string, std::size_t> by_entry_;
    std::unordered_multimap<std::string, std::size_t> by_id_;
};

} // namespace omen
