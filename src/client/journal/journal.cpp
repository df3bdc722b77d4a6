#include "client/journal/journal.hpp"

#include "client/journal/files.hpp"
#include "core/error.hpp"
#include "system/files.hpp"
#include "system/private_file.hpp"
#include "system/unique_name.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <map>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace omen {

namespace {

constexpr std::int64_t day_in_ms = 86'400'000;

Error unwritable(const std::string& path, const std::string& why) {
    return Error(
        Fault::usage, "journal " + path + ": " + why,
        {.code = "journal_unwritable", .hint = "make it writable, set XDG_STATE_HOME, or do without it: --no-journal"});
}

/// The end of a file may be a line that was cut off, by a full disk or a crash.
bool ends_with_line(int file) {
    const auto size = ::lseek(file, 0, SEEK_END);
    char last = '\n';
    return size <= 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

std::string day_of(Timestamp time) {
    return time.rfc3339().substr(0, 10);
}

/// A lock of one byte, which belongs to the open file: it ends with the last descriptor, and so with the process,
/// however that ends.
struct flock lock_of(std::uint64_t byte) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(byte);
    lock.l_len = 1;
    return lock;
}

JournalLine line_of(gw::TradingCommand&& command) {
    struct Place {
        JournalLine& line;
        void operator()(gw::Order&& order) { line.order = std::move(order); }
        void operator()(gw::Cancel&& cancel) { line.cancel = std::move(cancel); }
        void operator()(gw::CancelAll&& all) { line.cancel_all = std::move(all); }
        void operator()(gw::Amend&& amend) { line.amend = std::move(amend); }
    };
    JournalLine line;
    std::visit(Place{line}, std::move(command));
    return line;
}
JournalLine line_of(const std::string& entry, JournalOutcome outcome) {
    return {.entry = entry,
            .outcome = std::move(outcome.outcome),
            .code = std::move(outcome.code),
            .order_id = std::move(outcome.order_id),
            .status = std::move(outcome.status),
            .size = outcome.size};
}

} // namespace

Journal::Journal(std::string directory, const Url& gateway, Sync sync, const Secrets* secrets, Now now)
    : directory_(std::move(directory)),
      prefix_(file_name_part(gateway.text()) + "-"),
      sync_(sync),
      secrets_(secrets),
      now_(std::move(now)) {}

const std::string& Journal::process() {
    if (process_.empty()) process_ = unique_name();
    return process_;
}

std::string Journal::entry_name(std::uint64_t number) {
    return process() + "-" + std::to_string(number);
}

void Journal::open(const std::string& day) {
    if (day == day_) return;
    const auto path = journal_file(directory_, prefix_, day);
    Descriptor file;
    try {
        make_private_directories(directory_);
        file = open_regular_file(path, O_RDWR | O_APPEND | O_CREAT);
    } catch (const std::system_error& error) {
        throw unwritable(path, error.code().message());
    }
    // Where the file system has no locks, there is still the time that has passed.
    auto lock = lock_of(locked_byte(process()).value_or(0));
    ::fcntl(file.get(), F_OFD_SETLK, &lock);
    files_.push_back(std::move(file));
    day_ = day;
}

void Journal::add(JournalLine&& line) {
    auto now = now_();
    line.time = now.time;
    if (!now.boot.empty()) line.boot = std::move(now.boot);
    line.mono = now.mono;
    append_line(noted_, line);
}

void Journal::write_noted() {
    if (noted_.empty()) return;
    auto text = std::exchange(noted_, {});
    auto entry = std::exchange(first_noted_, last_entry_ + 1);
    ssize_t written = 0;
    try {
        open(day_of(now_().time));
        const auto file = files_.back().get();
        if (!ends_with_line(file)) text.insert(0, "\n");
        written = ::write(file, text.data(), text.size());
        if (written != static_cast<ssize_t>(text.size()))
            throw unwritable(directory_, written < 0 ? std::strerror(errno) : "the disk is full");
        if (sync_ == Sync::yes && ::fdatasync(file) != 0) throw unwritable(directory_, std::strerror(errno));
    } catch (const Error&) {
        for (; written > 0 && entry <= last_entry_; ++entry) half_written_.push_back(entry_name(entry));
        for (const auto& one : half_written_) note(one, {.outcome = outcome::not_sent});
        throw;
    }
    half_written_.clear();
    text.clear();
    noted_.swap(text); // its memory is used again
}

void Journal::begin_session(std::string identity) {
    identity_ = std::move(identity);
    session_.reset();
    ++last_session_;
}

void Journal::session_known(const JournalSession& session) {
    if (session_ == session) return;
    session_ = session;
    add({.process = process(),
         .session = last_session_,
         .sequence = session.sequence,
         .wallet = public_text(session.wallet),
         .account = public_text(session.account)});
}

std::string Journal::note(gw::TradingCommand command) {
    auto line = line_of(std::move(command));
    auto entry = entry_name(++last_entry_);
    line.entry = entry;
    line.session = last_session_;
    if (!identity_.empty()) line.identity = identity_;
    add(std::move(line));
    return entry;
}

void Journal::note(const std::string& entry, JournalOutcome outcome) {
    add(line_of(entry, public_outcome(std::move(outcome))));
}

void Journal::note_resolved(const std::string& entry, JournalOutcome outcome) {
    auto line = line_of(entry, public_outcome(std::move(outcome)));
    line.by = by_resolve;
    add(std::move(line));
}

std::optional<std::string> Journal::public_text(std::optional<std::string> text) const {
    return text && secrets_ != nullptr ? secrets_->masked(std::move(*text)) : std::move(text);
}

JournalOutcome Journal::public_outcome(JournalOutcome outcome) const {
    outcome.code = public_text(std::move(outcome.code));
    outcome.status = public_text(std::move(outcome.status));
    if (outcome.order_id) outcome.order_id->value = *public_text(std::move(outcome.order_id->value));
    return outcome;
}

JournalContents Journal::read(const JournalQuery& query) const {
    return read_journal(journal_files(directory_, prefix_), query);
}

bool Journal::knows(std::string_view identity, const std::string& id) const {
    return journal_knows(journal_files(directory_, prefix_), identity, id);
}

std::vector<std::string> Journal::last_two_days() const {
    return journal_files(directory_, prefix_, day_of({now_().time.ms - day_in_ms}));
}

std::vector<FoundOrder> Journal::find(std::string_view identity, const ClientOrderId& id) try {
    const bool again = std::exchange(has_searched_, true);
    if (again && !index_) index_.emplace(last_two_days());
    const auto once = again ? std::nullopt : std::optional<PlacedOrders>(std::in_place, last_two_days(), id);
    const auto& placed = again ? *index_ : *once;
    const auto now = now_();
    std::vector<FoundOrder> found;
    for (auto& entry : placed.find(identity, id)) {
        if (process_of(entry.entry) == process_) continue;
        const bool is_settled = may_conclude_absence(entry, now) && !writer_lives(placed.file_of(entry), entry.entry);
        found.push_back({std::move(entry), is_settled});
    }
    return found;
} catch (const Error& error) {
    auto detail = error.detail();
    detail.hint += ", or do without it: --no-journal";
    throw Error(error.fault(), error.what(), detail);
}

std::vector<JournalEntry> Journal::find_all(std::string_view identity, const std::vector<ClientOrderId>& ids) const {
    std::vector<JournalEntry> all;
    if (ids.empty()) return all;
    const PlacedOrders placed(last_two_days(), ids.size() == 1 ? std::optional(ids.front()) : std::nullopt);
    for (const auto& id : ids) {
        auto found = placed.find(identity, id);
        std::move(found.begin(), found.end(), std::back_inserter(all));
    }
    return all;
}

bool writer_lives(const std::string& file, std::string_view entry) {
    const auto byte = locked_byte(process_of(entry));
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!byte || opened.get() < 0) return false;
    auto lock = lock_of(*byte);
    return ::fcntl(opened.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::vector<JournalEntry> take_living(std::vector<JournalEntry>& entries, const std::vector<std::string>& files) {
    std::map<std::pair<std::size_t, std::string>, bool> living;
    const auto lives = [&](const JournalEntry& entry) {
        const auto [known, added] = living.try_emplace({entry.file, std::string(process_of(entry.entry))});
        if (added) known->second = writer_lives(files[entry.file], entry.entry);
        return known->second;
    };
    const auto first =
        std::stable_partition(entries.begin(), entries.end(), [&](const auto& one) { return !lives(one); });
    std::vector<JournalEntry> taken(std::make_move_iterator(first), std::make_move_iterator(entries.end()));
    entries.erase(first, entries.end());
    return taken;
}

} // namespace omen
