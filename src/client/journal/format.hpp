#pragma once

#include "protocol/gateway/messages.hpp"
#include "system/moment.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// The text of the journal, without the files that hold it. It has three kinds of lines (NDJSON; amounts as on the
/// wire): an intent, written before its command leaves; an outcome, which names the intent's entry; and a session's
/// line, which says what the process of some intents has learnt of the session that sent them. An entry is called like
/// the process that wrote it, and a number: "01a20acc0684-64caec67262c169b7dda-1".
namespace omen {

/// One line of any kind; which one it is, is told by what is there.
struct JournalLine {
    Timestamp time{};
    std::optional<std::string> process{}; ///< of a session's line
    std::optional<std::string> entry{};   ///< of the other two
    std::optional<std::string> outcome{};
    std::optional<std::string> by{}; ///< who wrote an outcome, if not the entry's own process: resolve
    std::optional<gw::Order> order{};
    std::optional<gw::Cancel> cancel{};
    std::optional<gw::CancelAll> cancel_all{};
    std::optional<gw::Amend> amend{};
    std::optional<std::uint64_t> session{}; ///< of this process: its first, second, ...
    std::optional<std::uint64_t> sequence{};
    std::optional<std::string> wallet{};
    std::optional<std::string> account{};
    std::optional<std::string> identity{};
    std::optional<std::string> code{};
    std::optional<OrderId> order_id{};
    std::optional<std::string> status{};
    std::optional<Decimal> size{}; ///< of an outcome
    std::optional<std::string> boot{};
    std::optional<std::uint64_t> mono{};

    // scan() relies on this order.
    static constexpr auto declaration() {
        using wire::field;
        return wire::record("journal line", field("time", &JournalLine::time), field("process", &JournalLine::process),
                            field("entry", &JournalLine::entry), field("outcome", &JournalLine::outcome),
                            field("by", &JournalLine::by), field("order", &JournalLine::order),
                            field("cancel", &JournalLine::cancel), field("cancel_all", &JournalLine::cancel_all),
                            field("amend", &JournalLine::amend), field("session", &JournalLine::session),
                            field("sequence", &JournalLine::sequence), field("wallet", &JournalLine::wallet),
                            field("account", &JournalLine::account), field("identity", &JournalLine::identity),
                            field("code", &JournalLine::code), field("order_id", &JournalLine::order_id),
                            field("status", &JournalLine::status), field("size", &JournalLine::size),
                            field("boot", &JournalLine::boot),
                            field("mono", &JournalLine::mono));
    }
};

/// Who writes an outcome that the entry's own process did not learn.
constexpr std::string_view by_resolve = "resolve";

/// What became of a command.
struct JournalOutcome {
    std::string outcome{}; ///< one of outcome::
    std::optional<std::string> code{};
    std::optional<OrderId> order_id{};
    std::optional<std::string> status{}; ///< the order's, when this was learnt
    std::optional<Decimal> size{};       ///< the order's, where the exchange cut it
};

namespace outcome {
inline constexpr auto done = "done";
inline constexpr auto refused = "refused";
inline constexpr auto not_executed = "not_executed";
inline constexpr auto not_sent = "not_sent"; ///< no byte of it left
inline constexpr auto unknown = "unknown";
} // namespace outcome

/// What a session has learnt of itself.
struct JournalSession {
    std::optional<std::string> account{};
    std::optional<std::string> wallet{};
    std::optional<std::uint64_t> sequence{}; ///< the last execution of the wallet that had been issued

    bool operator==(const JournalSession&) const = default;
};

/// A command, and everything that the journal knows of it.
struct JournalEntry {
    std::string entry{};
    Moment intended{};
    gw::TradingCommand command{};
    std::optional<std::string> identity{}; ///< whose it is; nothing when 0.1.0 wrote it
    std::uint64_t session_number = 0;
    std::optional<JournalOutcome> outcome{};
    bool by_resolve = false;  ///< resolve has learnt the outcome, not its own process
    Timestamp concluded{};    ///< when the outcome was written
    Moment last_sign{};       ///< the latest line that its own process wrote
    JournalSession session{}; ///< of the session that sent it, if that was written
    std::optional<std::uint64_t>
        seen{};           ///< the greatest sequence of its wallet that the journal knows since it was sent
    std::size_t file = 0; ///< which one it stands in: JournalContents::files
};

/// Nothing is known of what became of it.
bool is_unresolved(const JournalEntry& entry);
bool is_unresolved(const std::optional<JournalOutcome>& outcome);

/// Whether an outcome takes the place of one that is known: nothing that is known is forgotten, and who has seen it
/// done has seen more than who has not.
bool supersedes(std::string_view later, std::string_view known);

/// Whether what is not on record by now has not been executed and never will be, as far as time shows it: nothing that
/// its process sent can be on its way any more. Two minutes after the process's last line; where the machine was booted
/// since, or it is not known whether, by the wall clock, and after the boot as well. Never of an entry that does not
/// say whose it is.
bool may_conclude_absence(const JournalEntry& entry, const Moment& now);
constexpr Milliseconds longest_on_its_way{120'000};

/// The process's part of an entry's name.
std::string_view process_of(std::string_view entry);
/// The byte of the journal's file that a process locks while it lives, far behind the file's end: it is told by the
/// process's name. Nothing for a name that is not ours.
std::optional<std::uint64_t> locked_byte(std::string_view process);

/// Appends a line, its end included.
void append_line(std::string& text, const JournalLine& line);
/// Reads a line. A DecodeError when it can't be one.
JournalLine read_line(std::string_view text);

/// What is needed of most lines. The texts are parts of the line.
struct ScannedLine {
    enum class Kind { intent, outcome, session };
    Kind kind = Kind::intent;
    std::string_view name{};   ///< the entry's, or of a session's line the process's
    std::string_view placed{}; ///< the client order id, where the command is an order
    std::string_view outcome{};
    bool by_resolve = false;
    std::optional<std::uint64_t> sequence{};
    std::string_view wallet{};
    Timestamp time{};
    std::string_view boot{};
    std::uint64_t mono = 0;
};

/// The same without reading all of the line, for which it must have been written by append_line(), of this version or
/// of 0.1.0; nothing when it has not, or was cut off.
std::optional<ScannedLine> scan(std::string_view text);
/// The same of a line that was read.
ScannedLine scan(const JournalLine& line);

/// Puts lines together to entries.
class JournalAssembly {
  public:
    /// Takes a line that stands in a file.
    void add(JournalLine line, std::size_t file = 0);
    /// Takes what matters for others of a line of no interest itself.
    void pass(const ScannedLine& line);
    /// The entries, in the order of their intents.
    std::vector<JournalEntry> entries() &&;

    /// How many lines have been added or passed.
    std::size_t lines() const { return lines_; }
    /// Adds to an entry what the lines tell of its session, its process and its exchange, where its intent was the line
    /// of this number.
    void complete(JournalEntry& entry, std::size_t at) const;

  private:
    struct Mark {
        std::size_t at;
        std::uint64_t sequence;
    };

    void add_intent(JournalLine line, std::size_t file);
    void add_outcome(JournalLine line);
    void add_session(JournalLine line);

    std::vector<JournalEntry> entries_;
    std::vector<std::size_t> at_; ///< where each stands among all lines
    std::size_t lines_ = 0;
    /// Finds a text without making a string of it.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    template <class Value> using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    ByText<std::size_t> by_name_;
    ByText<Moment> last_signs_; ///< by process
    std::map<std::pair<std::string, std::uint64_t>, JournalSession> sessions_;
    /// By wallet, in lower case. Each is greater than those behind it: what is as great or less than one behind it, is
    /// of no use.
    ByText<std::vector<Mark>> marks_;
};

} // namespace omen
