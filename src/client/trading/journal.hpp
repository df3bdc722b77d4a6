#pragma once

#include "core/enums.hpp"
#include "core/time.hpp"
#include "protocol/gateway/messages.hpp"
#include "system/descriptor.hpp"
#include "transport/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// One line of the journal: what is about to be sent, or what became of it. Amounts as on the wire.
struct JournalLine {
    Timestamp time{};
    std::string entry{}; ///< the same in both lines
    std::optional<gw::Order> order{};
    std::optional<gw::Cancel> cancel{};
    std::optional<gw::CancelAll> cancel_all{};
    std::optional<gw::Amend> amend{};
    std::optional<std::string> outcome{}; ///< done, refused, not_executed or unknown; absent in the first line
    std::optional<std::string> code{};
    std::optional<OrderId> order_id{};
    std::optional<std::string> status{}; ///< the order's, when the outcome was learnt

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("journal line", field("time", &JournalLine::time), field("entry", &JournalLine::entry),
                            field("order", &JournalLine::order), field("cancel", &JournalLine::cancel),
                            field("cancel_all", &JournalLine::cancel_all), field("amend", &JournalLine::amend),
                            field("outcome", &JournalLine::outcome), field("code", &JournalLine::code),
                            field("order_id", &JournalLine::order_id), field("status", &JournalLine::status));
    }
};

/// A command and what is known of its outcome: the first line with what later ones say.
using JournalEntry = JournalLine;

/// Nothing is known of what became of it.
bool is_unresolved(const JournalEntry& entry);

/// What is to be sent to one exchange is written down before it leaves: append-only files of NDJSON, one a day (UTC),
/// for any number of processes at once. What is written together is one write, so that a process may be killed at any
/// moment.
class Journal {
  public:
    enum class Sync { no, yes }; ///< yes: a line is on the disk before its write returns

    Journal(std::string directory, const Url& gateway, Sync sync);

    /// Writes down a command that is about to leave and returns its entry's name. Errors: those of write_noted().
    template <class Command> std::string intend(const Command& command);
    /// Writes down what became of it. False when that can't be written: then it counts as unresolved.
    bool settle(const std::string& entry, JournalLine outcome) noexcept;

    /// The same for many at once: nothing is written before write_noted().
    template <class Command> std::string note(const Command& command);
    void note(const std::string& entry, JournalLine outcome);
    /// Writes what was noted. Errors: usage, when it can't be written; it is forgotten then.
    void write_noted();

    /// All entries, oldest first, and the number of lines that could not be read.
    struct Contents {
        std::vector<JournalEntry> entries;
        std::size_t unreadable = 0;
    };
    Contents read() const;

  private:
    void add(JournalLine line);
    void open(const std::string& day);

    std::string directory_;
    std::string prefix_; ///< of the names of this exchange's files
    Sync sync_;
    std::string day_;
    Descriptor file_;
    std::string noted_;
    std::string entries_; ///< how the names of the entries begin, which no other journal's do
    std::uint64_t last_entry_ = 0;
};

/// Puts lines together to entries.
class JournalReader {
  public:
    void line(std::string_view text);
    Journal::Contents contents() && { return std::move(contents_); }

  private:
    Journal::Contents contents_;
};

} // namespace omen
