#include "client/journal/reader.hpp"

#include "client/journal/files.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace omen {

namespace {

/// A process's name in 128 bits: a million names of 33 characters would be more than what else is kept of them, and two
/// of them have the same bits once in 10^26 journals.
struct ProcessKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    explicit ProcessKey(std::string_view name) : first(name.size()), second(~first) {
        for (; !name.empty(); name.remove_prefix(std::min(name.size(), sizeof(std::uint64_t)))) {
            std::uint64_t part = 0;
            std::memcpy(&part, name.data(), std::min(name.size(), sizeof part));
            first = mixed(first ^ part, 0x9e3779b97f4a7c15);
            second = mixed(second ^ part, 0xd6e8feb86659fd93);
        }
    }
    bool operator==(const ProcessKey&) const = default;

  private:
    static std::uint64_t mixed(std::uint64_t value, std::uint64_t factor) {
        value *= factor;
        return value ^ (value >> 32U);
    }
};

/// The same of an entry's name: with its number.
struct EntryKey {
    ProcessKey process;
    std::uint64_t number = 0;

    explicit EntryKey(std::string_view name) : process(process_of(name)) {
        const auto text = name.substr(name.rfind('-') + 1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        // No number as we write one: all of it is the name.
        if (error != std::errc{} || end != text.data() + text.size() || text[0] == '0')
            *this = EntryKey(ProcessKey(name));
    }
    explicit EntryKey(ProcessKey whole) : process(whole) {}
    bool operator==(const EntryKey&) const = default;
};

struct KeyHash {
    std::size_t operator()(const ProcessKey& key) const noexcept { return key.first; }
    /// The entries of a process follow each other in the file, and so in memory.
    std::size_t operator()(const EntryKey& key) const noexcept { return key.process.first + key.number; }
};

/// Finds the entries that are asked for, and then puts them together from their lines and from what others say.
class TwoPasses {
  public:
    TwoPasses(std::vector<std::string> files, const JournalQuery& query) : query_(query) {
        contents_.files = std::move(files);
    }

    JournalContents all() && {
        each_line([&](std::string_view text, std::size_t file, std::uint64_t) {
            if (auto line = read_if_possible(text))
                assembly_.add(std::move(*line), file);
            else
                ++contents_.unreadable;
        });
        contents_.entries = std::move(assembly_).entries();
        return std::move(contents_);
    }

    JournalContents wanted() && {
        JournalLine line;
        each_line([&](std::string_view text, std::size_t file, std::uint64_t offset) {
            if (const auto scanned = scan(text, line))
                find(*scanned, file, offset);
            else
                ++contents_.unreadable;
        });
        if (open_.empty()) return std::move(contents_);
        std::pair<std::size_t, std::uint64_t> first{0, 0};
        if (query_.which == JournalQuery::Which::unresolved) first = first_place();
        for (const auto& [key, one] : open_) processes_.insert(key.process);
        each_line(
            [&](std::string_view text, std::size_t file, std::uint64_t) {
                if (const auto scanned = scan(text, line)) assemble(*scanned, text, file);
            },
            first);
        contents_.entries = std::move(assembly_).entries();
        // Somebody may have written in between.
        std::erase_if(contents_.entries, [&](const auto& entry) {
            return entry.outcome && !stays(entry.outcome->outcome, entry.by_resolve, entry.concluded);
        });
        return std::move(contents_);
    }

  private:
    /// An entry that is wanted, as far as its lines have been read.
    struct Open {
        std::uint32_t file;
        std::uint32_t megabyte; ///< of the file, in which its intent stands
    };
    static constexpr unsigned megabyte_bits = 20;

    /// Calls f(line, file, offset) from a place on.
    template <class F> void each_line(F&& f, std::pair<std::size_t, std::uint64_t> from = {0, 0}) const {
        for (auto file = from.first; file < contents_.files.size(); ++file)
            for_each_journal_line(contents_.files[file], file == from.first ? from.second : 0,
                                  [&](std::string_view text, std::uint64_t offset) { f(text, file, offset); });
    }

    bool stays(std::string_view name, bool resolved, Timestamp concluded) const {
        return name == outcome::unknown ||
               (name == outcome::not_executed && resolved && concluded >= query_.concluded_since);
    }

    void find(const ScannedLine& line, std::size_t file, std::uint64_t offset) {
        if (line.kind == ScannedLine::Kind::intent)
            open_.insert_or_assign(EntryKey(line.name), Open{static_cast<std::uint32_t>(file),
                                                             static_cast<std::uint32_t>(offset >> megabyte_bits)});
        else if (line.kind == ScannedLine::Kind::outcome && !stays(line.outcome, line.by_resolve, line.time))
            open_.erase(EntryKey(line.name));
    }

    std::pair<std::size_t, std::uint64_t> first_place() const {
        std::pair<std::uint32_t, std::uint32_t> first{UINT32_MAX, 0};
        for (const auto& [key, one] : open_) first = std::min(first, {one.file, one.megabyte});
        return {first.first, std::uint64_t{first.second} << megabyte_bits};
    }

    void assemble(const ScannedLine& line, std::string_view text, std::size_t file) {
        const bool session = line.kind == ScannedLine::Kind::session;
        const bool near = processes_.count(ProcessKey(session ? line.name : process_of(line.name))) != 0;
        if (session ? near : near && open_.count(EntryKey(line.name)) != 0) {
            if (auto whole = read_if_possible(text))
                assembly_.add(std::move(*whole), file);
            else
                ++contents_.unreadable;
        } else if (query_.which == JournalQuery::Which::to_resolve && (near || line.sequence)) {
            assembly_.pass(line);
        }
    }

    JournalQuery query_;
    JournalContents contents_;
    JournalAssembly assembly_;
    std::unordered_map<EntryKey, Open, KeyHash> open_;
    std::unordered_set<ProcessKey, KeyHash> processes_; ///< of those that are open
};

} // namespace

JournalContents read_journal(std::vector<std::string> files, const JournalQuery& query) {
    TwoPasses passes(std::move(files), query);
    return query.which == JournalQuery::Which::all ? std::move(passes).all() : std::move(passes).wanted();
}

bool journal_knows(const std::vector<std::string>& files, std::string_view identity, const std::string& id) {
    bool known = false;
    const auto is = [&](const auto& text) { return text && text->value == id; };
    const auto names = [&](const JournalLine& line) {
        return line.entry == id || is(line.order_id) || (line.order && line.order->client_order_id.value == id) ||
               (line.cancel && (is(line.cancel->order_id) || is(line.cancel->client_order_id))) ||
               (line.amend && (is(line.amend->order_id) || is(line.amend->client_order_id)));
    };
    for (const auto& file : files) {
        if (known) break;
        for_each_journal_line_with(file, journal_text(id), [&](std::string_view text) {
            const auto line = read_if_possible(text);
            known = line && (!line->identity || line->identity == identity) && names(*line);
            return !known;
        });
    }
    return known;
}

} // namespace omen
