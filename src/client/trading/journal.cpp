#include "client/trading/journal.hpp"

#include "client/trading/orders.hpp"
#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "system/private_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace omen {

namespace {

constexpr std::string_view suffix = ".ndjson";

Error unwritable(const std::string& path, const std::string& why) {
    return Error(
        Fault::usage, "journal " + path + ": " + why + "; nothing was sent",
        {.code = "journal_unwritable", .hint = "make it writable, set XDG_STATE_HOME, or do without it: --no-journal"});
}

/// The end of a file may be a line that was cut off, by a full disk or a crash.
bool ends_with_line(int file) {
    const auto size = ::lseek(file, 0, SEEK_END);
    char last = '\n';
    return size <= 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

JournalLine line_of(const gw::Order& order) {
    return {.order = order};
}
JournalLine line_of(const gw::Cancel& cancel) {
    return {.cancel = cancel};
}
JournalLine line_of(const gw::CancelAll& command) {
    return {.cancel_all = command};
}
JournalLine line_of(const gw::Amend& amend) {
    return {.amend = amend};
}

} // namespace

bool is_unresolved(const JournalEntry& entry) {
    return !entry.outcome || *entry.outcome == "unknown";
}

Journal::Journal(std::string directory, const Url& gateway, Sync sync)
    : directory_(std::move(directory)), prefix_(file_name_part(gateway.text()) + "-"), sync_(sync) {}

void Journal::open(const std::string& day) {
    if (day == day_) return;
    const auto path = directory_ + "/" + prefix_ + day + std::string(suffix);
    try {
        make_private_directories(directory_);
    } catch (const std::system_error& error) {
        throw unwritable(path, error.code().message());
    }
    Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (file.get() < 0) throw unwritable(path, std::strerror(errno));
    file_ = std::move(file);
    day_ = day;
}

void Journal::add(JournalLine line) {
    line.time = Timestamp::now();
    wire::JsonWriter writer(noted_, {.scaled = true});
    wire::write(writer, line);
    noted_ += '\n';
}

void Journal::write_noted() {
    if (noted_.empty()) return;
    auto text = std::exchange(noted_, {});
    open(Timestamp::now().rfc3339().substr(0, 10));
    if (!ends_with_line(file_.get())) text.insert(0, "\n");
    const auto written = ::write(file_.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()))
        throw unwritable(directory_, written < 0 ? std::strerror(errno) : "the disk is full");
    if (sync_ == Sync::yes && ::fdatasync(file_.get()) != 0) throw unwritable(directory_, std::strerror(errno));
    text.clear();
    noted_ = std::move(text); // its memory is used again
}

template <class Command> std::string Journal::note(const Command& command) {
    auto line = line_of(command);
    if (last_entry_++ == 0) entries_ = mint_client_order_id().value + "-";
    auto entry = entries_ + std::to_string(last_entry_);
    line.entry = entry;
    add(std::move(line));
    return entry;
}

void Journal::note(const std::string& entry, JournalLine outcome) {
    outcome.entry = entry;
    add(std::move(outcome));
}

template <class Command> std::string Journal::intend(const Command& command) {
    auto entry = note(command);
    write_noted();
    return entry;
}

#define OMEN_JOURNAL_COMMAND(Command)                                                                                  \
    template std::string Journal::note(const Command&);                                                                \
    template std::string Journal::intend(const Command&)

OMEN_JOURNAL_COMMAND(gw::Order);
OMEN_JOURNAL_COMMAND(gw::Cancel);
OMEN_JOURNAL_COMMAND(gw::CancelAll);
OMEN_JOURNAL_COMMAND(gw::Amend);
#undef OMEN_JOURNAL_COMMAND

bool Journal::settle(const std::string& entry, JournalLine outcome) noexcept try {
    note(entry, std::move(outcome));
    write_noted();
    return true;
} catch (const std::exception&) {
    return false;
}

void JournalReader::line(std::string_view text) {
    if (text.empty()) return;
    try {
        auto line = wire::decode_json<JournalLine>(text);
        auto& entries = contents_.entries;
        if (!line.outcome) {
            if (!line.order && !line.cancel && !line.cancel_all && !line.amend) throw DecodeError("no command");
            entries.push_back(std::move(line));
            return;
        }
        const auto entry = std::find_if(entries.rbegin(), entries.rend(),
                                        [&](const JournalEntry& one) { return one.entry == line.entry; });
        if (entry == entries.rend()) return;
        // What is known once is not forgotten; and who has seen it done has seen more than who has not.
        if (entry->outcome == "done" || (!is_unresolved(*entry) && is_unresolved(line))) return;
        entry->outcome = std::move(line.outcome);
        entry->code = std::move(line.code);
        entry->order_id = std::move(line.order_id);
        entry->status = std::move(line.status);
    } catch (const DecodeError&) {
        ++contents_.unreadable;
    }
}

Journal::Contents Journal::read() const {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(directory_, none)) {
        const auto name = file.path().filename().string();
        // The day is all that may stand between the exchange and the suffix.
        if (name.starts_with(prefix_) && name.ends_with(suffix) && name.size() == prefix_.size() + 10 + suffix.size())
            files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    JournalReader reader;
    for (const auto& path : files) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) reader.line(line);
    }
    return std::move(reader).contents();
}

} // namespace omen
