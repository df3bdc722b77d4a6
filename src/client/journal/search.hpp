#pragma once

#include "client/journal/format.hpp"
#include "system/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace omen {

/// The orders that were placed under a client order id, by what some files of the journal have of it. The files are
/// read once: for one id (they are only looked through for its bytes where it is not there), or for all, with an index.
class PlacedOrders {
  public:
    /// Errors: usage ("journal_unreadable") when a file can't be read.
    explicit PlacedOrders(std::vector<std::string> files, const std::optional<ClientOrderId>& only = {});

    /// Every entry of this identity that placed an order of this id, oldest first.
    std::vector<JournalEntry> find(std::string_view identity, const ClientOrderId& id) const;
    /// The file of an entry that was found.
    const std::string& file_of(const JournalEntry& entry) const { return paths_[entry.file]; }

  private:
    /// Where a line stands.
    struct Place {
        std::size_t file;
        std::uint64_t offset;
    };
    struct Placed {
        Place intent;
        std::size_t at;      ///< among all lines
        std::string known{}; ///< the outcome's name
        std::optional<Place> outcome{};
    };

    bool is_there(const ClientOrderId& id) const;
    void index(const std::optional<ClientOrderId>& only);
    void take(const ScannedLine& line, Place place);
    std::optional<JournalLine> read(Place place) const;

    std::vector<std::string> paths_;
    std::vector<Descriptor> files_;
    JournalAssembly assembly_; ///< of all lines but the intents' and outcomes' own
    std::vector<Placed> placed_;
    std::unordered_map<std::string, std::size_t> by_entry_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_id_;
};

} // namespace omen
