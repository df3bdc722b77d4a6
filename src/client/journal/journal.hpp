#pragma once

#include "client/journal/format.hpp"
#include "client/journal/reader.hpp"
#include "client/journal/search.hpp"
#include "client/trace/secrets.hpp"
#include "system/descriptor.hpp"
#include "system/moment.hpp"
#include "transport/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// An order that was placed before.
struct FoundOrder {
    JournalEntry entry;
    bool is_settled = false; ///< nothing that its process has sent can be on its way any more
};

/// What is to be sent to one exchange is written down before it leaves: append-only files of NDJSON, one a day (UTC),
/// for any number of processes at once. What is written together is one write, so that a process may be killed at any
/// moment. While a process lives that has written intents to a file, it holds a lock on a byte of it that is told by
/// the entries' names, so that others can see it.
class Journal {
  public:
    enum class Sync { no, yes }; ///< yes: a line is on the disk before its write returns
    using Now = std::function<Moment()>;

    /// Of what the exchange says no secret is written down.
    Journal(std::string directory, const Url& gateway, Sync sync, const Secrets* secrets = nullptr,
            Now now = Moment::now);

    /// What is noted from now on is for a new session of whoever this is (see identity_of()).
    void begin_session(std::string identity);
    /// Notes what is known of the session by now, where it has not been noted yet.
    void session_known(const JournalSession& session);

    /// Notes a command that is about to leave and returns its entry's name. Nothing is written before write_noted().
    std::string note(gw::TradingCommand command);
    /// Notes what became of it.
    void note(const std::string& entry, JournalOutcome outcome);
    /// Notes what became of another process's command.
    void note_resolved(const std::string& entry, JournalOutcome outcome);
    /// Writes what was noted. Errors: usage ("journal_unwritable"), when it can't be written; it is forgotten then, and
    /// no command that was noted may be sent. What of it has got there ends in a line that was cut off, behind which
    /// the next one begins anew; the next write says of the commands that they were not sent.
    void write_noted();

    /// What the files hold; errors of all these as those of read_journal().
    JournalContents read(const JournalQuery& query = {}) const;
    /// Whether there is such an entry, client order id or order id that is not another identity's.
    bool knows(std::string_view identity, const std::string& id) const;
    /// What the last two days' files know of orders that this identity placed under an id, oldest first, but for what
    /// this journal has written itself. Who asks a second time gets an index of all, as the files are then.
    std::vector<FoundOrder> find(std::string_view identity, const ClientOrderId& id);
    /// The same for many ids at once, those of one id together.
    std::vector<JournalEntry> find_all(std::string_view identity, const std::vector<ClientOrderId>& ids) const;

  private:
    void add(JournalLine&& line);
    void open(const std::string& day);
    std::vector<std::string> last_two_days() const;
    const std::string& process();
    std::string entry_name(std::uint64_t number);
    std::optional<std::string> public_text(std::optional<std::string> text) const;
    JournalOutcome public_outcome(JournalOutcome outcome) const;

    std::string directory_;
    std::string prefix_; ///< of the names of this exchange's files
    Sync sync_;
    const Secrets* secrets_; ///< of which the exchange may say something
    Now now_;
    std::string day_;
    std::vector<Descriptor> files_; ///< the last one is written to; the others are of days before, and keep their locks
    std::string noted_;
    std::string process_; ///< how the names of the entries begin, which no other journal's do
    std::uint64_t last_entry_ = 0;
    std::uint64_t first_noted_ = 1;         ///< among those whose intents were not written yet
    std::vector<std::string> half_written_; ///< entries of a write that failed with a part of it done
    std::uint64_t last_session_ = 0;
    std::string identity_;
    std::optional<JournalSession> session_; ///< as it was noted
    bool has_searched_ = false;
    std::optional<PlacedOrders> index_;
};

/// Whether the process that wrote an entry into this file still lives.
bool writer_lives(const std::string& file, std::string_view entry);
/// Takes out the entries whose processes still live: these find out themselves. `files`: JournalContents::files.
std::vector<JournalEntry> take_living(std::vector<JournalEntry>& entries, const std::vector<std::string>& files);

} // namespace omen
