#include "client/journal/search.hpp"

#include "client/journal/files.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace omen {

PlacedOrders::PlacedOrders(std::vector<std::string> files, const std::optional<ClientOrderId>& only)
    : paths_(std::move(files)) {
    if (!only || is_there(*only)) index(only);
}

bool PlacedOrders::is_there(const ClientOrderId& id) const {
    const auto text = R"("client_order_id":)" + journal_text(id.value);
    return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& path) {
        bool found = false;
        for_each_journal_line_with(path, text, [&](std::string_view line) {
            const auto read = read_if_possible(line);
            found = read && read->order;
            return !found;
        });
        return found;
    });
}

void PlacedOrders::index(const std::optional<ClientOrderId>& only) {
    JournalLine storage;
    for (std::size_t file = 0; file < paths_.size(); ++file) {
        files_.push_back(open_journal_file(paths_[file]));
        for_each_journal_line(paths_[file], 0, [&](std::string_view text, std::uint64_t offset) {
            const auto scanned = scan(text, storage);
            if (!scanned) return;
            auto session =
                scanned->kind == ScannedLine::Kind::session ? read_if_possible(text) : std::optional<JournalLine>();
            if (session)
                assembly_.add(std::move(*session));
            else
                assembly_.pass(*scanned);
            if (!only || scanned->kind != ScannedLine::Kind::intent || scanned->placed == only->value)
                take(*scanned, {file, offset});
        });
    }
}

void PlacedOrders::take(const ScannedLine& line, Place place) {
    if (line.kind == ScannedLine::Kind::intent && !line.placed.empty()) {
        by_entry_.emplace(line.name, placed_.size());
        by_id_[std::string(line.placed)].push_back(placed_.size());
        placed_.push_back({.intent = place, .at = assembly_.lines()});
    } else if (line.kind == ScannedLine::Kind::outcome) {
        const auto found = by_entry_.find(std::string(line.name));
        if (found == by_entry_.end()) return;
        auto& placed = placed_[found->second];
        if (placed.outcome && !supersedes(line.outcome, placed.known)) return;
        placed.outcome = place;
        placed.known = line.outcome;
    }
}

std::optional<JournalLine> PlacedOrders::read(Place place) const {
    std::string text(1024, '\0');
    for (;;) {
        const auto count =
            ::pread(files_[place.file].get(), text.data(), text.size(), static_cast<off_t>(place.offset));
        const auto end = text.find('\n');
        if (end != std::string::npos || count < static_cast<ssize_t>(text.size()))
            return read_if_possible(
                std::string_view(text).substr(0, std::min(end, static_cast<std::size_t>(std::max<ssize_t>(count, 0)))));
        text.resize(2 * text.size());
    }
}

std::vector<JournalEntry> PlacedOrders::find(std::string_view identity, const ClientOrderId& id) const {
    std::vector<JournalEntry> found;
    const auto places = by_id_.find(id.value);
    if (places == by_id_.end()) return found;
    for (const auto one : places->second) {
        const auto& placed = placed_[one];
        auto intent = read(placed.intent);
        if (!intent) continue;
        JournalAssembly lines;
        lines.add(std::move(*intent), placed.intent.file);
        if (placed.outcome)
            if (auto outcome = read(*placed.outcome)) lines.add(std::move(*outcome));
        auto entry = std::move(std::move(lines).entries().front());
        assembly_.complete(entry, placed.at);
        if (entry.identity == identity) found.push_back(std::move(entry));
    }
    return found;
}

} // namespace omen
