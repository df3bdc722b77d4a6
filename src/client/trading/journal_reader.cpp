#include "client/trading/journal_reader.hpp"

#include "core/error.hpp"
#include "protocol/wire/decode_error.hpp"
#include "protocol/wire/json.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace omen {

namespace {

constexpr std::string_view suffix = ".ndjson";
constexpr std::size_t day_size = 10;

Error unreadable(const std::string& path, const std::string& why) {
    return Error(Fault::usage, "journal " + path + ": it can't be read: " + why,
                 {.code = "journal_unreadable", .hint = "make it readable, or move it away"});
}

/// A file of the journal; none where it has been deleted meanwhile.
Descriptor open_file(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 && errno != ENOENT) throw unreadable(path, std::strerror(errno));
    return file;
}

/// Calls f(lines, offset) with whole lines, very many at a time; only the file's last one may be without its end.
template <class F> void for_each_block(const std::string& path, std::uint64_t from, F&& f) {
    const auto file = open_file(path);
    if (file.get() < 0) return;
    std::string buffer(std::size_t{256} * 1024, '\0');
    std::size_t kept = 0;
    for (;;) {
        const auto count =
            ::pread(file.get(), buffer.data() + kept, buffer.size() - kept, static_cast<off_t>(from + kept));
        if (count < 0) throw unreadable(path, std::strerror(errno));
        const std::string_view text(buffer.data(), kept + static_cast<std::size_t>(count));
        const auto end = count == 0 ? text.size() : text.rfind('\n') + 1; // 0: none
        if (end > 0) f(text.substr(0, end), from);
        if (count == 0) return;
        from += end;
        kept = text.size() - end;
        std::memmove(buffer.data(), buffer.data() + end, kept);
        if (kept == buffer.size()) buffer.resize(2 * kept);
    }
}

/// Calls f(line, offset) for every line that is not empty.
template <class F> void for_each_line(const std::string& path, std::uint64_t from, F&& f) {
    for_each_block(path, from, [&](std::string_view lines, std::uint64_t offset) {
        for (std::size_t begin = 0; begin < lines.size();) {
            const auto end = std::min(lines.find('\n', begin), lines.size());
            if (end > begin) f(lines.substr(begin, end - begin), offset + begin);
            begin = end + 1;
        }
    });
}

/// The same for every line that contains a text; of the others nothing is looked at but whether they do.
template <class F> void for_each_line_with(const std::string& path, std::string_view text, F&& f) {
    for_each_block(path, 0, [&](std::string_view lines, std::uint64_t offset) {
        for (std::size_t from = 0; from < lines.size();) {
            // As fast as the text is long, which std::string_view's find() is not.
            const auto* const found =
                static_cast<const char*>(::memmem(lines.data() + from, lines.size() - from, text.data(), text.size()));
            if (found == nullptr) return;
            const auto where = static_cast<std::size_t>(found - lines.data());
            const auto begin = lines.rfind('\n', where) + 1; // 0: none
            from = std::min(lines.find('\n', where), lines.size());
            f(lines.substr(begin, from - begin), offset + begin);
        }
    });
}

/// What stands of a line's beginning and end, however it was written; nothing when it can't be read. `line` is where
/// the texts are then.
std::optional<ScannedLine> scan(std::string_view text, JournalLine& line) {
    if (auto scanned = omen::scan(text)) return scanned;
    try {
        line = read_line(text);
        return omen::scan(line);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

std::optional<JournalLine> read_if_possible(std::string_view text) {
    try {
        return read_line(text);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

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
            for_each_line(contents_.files[file], file == from.first ? from.second : 0,
                          [&](std::string_view text, std::uint64_t offset) { f(text, file, offset); });
    }

    bool stays(std::string_view outcome, bool resolved, Timestamp concluded) const {
        return outcome == "unknown" || (outcome == "not_executed" && resolved && concluded >= query_.concluded_since);
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

std::string json_text_of(std::string_view text) {
    std::string json;
    wire::append_json_text(json, text);
    return json;
}

std::optional<JournalEntry> most_telling(std::vector<JournalEntry> entries, std::string_view identity,
                                         const ClientOrderId& id) {
    std::optional<JournalEntry> best;
    for (auto& entry : entries) {
        const auto* order = std::get_if<gw::Order>(&entry.command);
        const bool fits = order != nullptr && order->client_order_id == id && entry.identity == identity;
        if (fits && (!best || !tells_more(*best, entry))) best = std::move(entry);
    }
    return best;
}

} // namespace

std::string journal_file(const std::string& directory, const std::string& prefix, std::string_view day) {
    return directory + "/" + prefix + std::string(day) + std::string(suffix);
}

std::vector<std::string> journal_files(const std::string& directory, const std::string& prefix,
                                       std::string_view from_day) {
    std::vector<std::string> files;
    std::error_code error;
    for (std::filesystem::directory_iterator next(directory, error), end; !error && next != end;
         next.increment(error)) {
        const auto name = next->path().filename().string();
        // The day is all that may stand between the exchange and the suffix.
        const bool ours = name.starts_with(prefix) && name.ends_with(suffix) &&
                          name.size() == prefix.size() + day_size + suffix.size();
        if (ours && std::string_view(name).substr(prefix.size(), day_size) >= from_day) files.push_back(next->path());
    }
    if (error && error != std::errc::no_such_file_or_directory) throw unreadable(directory, error.message());
    std::sort(files.begin(), files.end());
    return files;
}

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
    for (const auto& file : files)
        for_each_line_with(file, json_text_of(id), [&](std::string_view text, std::uint64_t) {
            if (known) return;
            const auto line = read_if_possible(text);
            known = line && (!line->identity || line->identity == identity) && names(*line);
        });
    return known;
}

std::optional<JournalEntry> find_placed(const std::vector<std::string>& files, std::string_view identity,
                                        const ClientOrderId& id) {
    JournalAssembly assembly;
    std::unordered_set<EntryKey, KeyHash> entries;
    std::pair<std::size_t, std::uint64_t> first{files.size(), 0};
    for (std::size_t file = 0; file < files.size(); ++file)
        for_each_line_with(files[file], R"("client_order_id":)" + json_text_of(id.value),
                           [&](std::string_view text, std::uint64_t offset) {
                               auto line = read_if_possible(text);
                               if (!line || !line->order || line->outcome) return;
                               first = std::min(first, {file, offset});
                               entries.emplace(*line->entry);
                               assembly.add(std::move(*line), file);
                           });
    JournalLine storage;
    for (auto file = first.first; file < files.size(); ++file)
        for_each_line(files[file], file == first.first ? first.second : 0, [&](std::string_view text, std::uint64_t) {
            const auto scanned = scan(text, storage);
            if (!scanned || scanned->kind != ScannedLine::Kind::outcome) return;
            if (entries.count(EntryKey(scanned->name)) != 0) assembly.add(read_line(text));
        });
    return most_telling(std::move(assembly).entries(), identity, id);
}

PlacedOrders::PlacedOrders(const std::vector<std::string>& files, std::string identity)
    : identity_(std::move(identity)) {
    JournalLine storage;
    for (std::size_t file = 0; file < files.size(); ++file) {
        files_.push_back(open_file(files[file]));
        for_each_line(files[file], 0, [&](std::string_view text, std::uint64_t offset) {
            if (const auto scanned = scan(text, storage)) take(*scanned, {file, offset});
        });
    }
}

void PlacedOrders::take(const ScannedLine& line, Place place) {
    if (line.kind == ScannedLine::Kind::intent && !line.placed.empty()) {
        by_entry_.emplace(line.name, placed_.size());
        by_id_.emplace(line.placed, placed_.size());
        placed_.push_back({.intent = place});
    } else if (line.kind == ScannedLine::Kind::outcome) {
        const auto found = by_entry_.find(std::string(line.name));
        if (found == by_entry_.end()) return;
        auto& placed = placed_[found->second];
        if (placed.outcome && !supersedes(line.outcome, placed.known)) return;
        placed.outcome = place;
        placed.known = line.outcome;
    }
}

JournalLine PlacedOrders::read(Place place) const {
    std::string text(1024, '\0');
    for (;;) {
        const auto count =
            ::pread(files_[place.file].get(), text.data(), text.size(), static_cast<off_t>(place.offset));
        const auto end = text.find('\n');
        if (end != std::string::npos || count < static_cast<ssize_t>(text.size()))
            return read_line(
                std::string_view(text).substr(0, std::min(end, static_cast<std::size_t>(std::max<ssize_t>(count, 0)))));
        text.resize(2 * text.size());
    }
}

std::optional<JournalEntry> PlacedOrders::find(const ClientOrderId& id) const {
    JournalAssembly assembly;
    const auto [begin, end] = by_id_.equal_range(id.value);
    for (auto one = begin; one != end; ++one) {
        const auto& placed = placed_[one->second];
        assembly.add(read(placed.intent), placed.intent.file);
        if (placed.outcome) assembly.add(read(*placed.outcome));
    }
    return most_telling(std::move(assembly).entries(), identity_, id);
}

} // namespace omen
