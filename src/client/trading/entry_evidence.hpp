#pragma once

#include "client/journal/format.hpp"
#include "client/journal/reader.hpp"
#include "client/trading/evidence.hpp"
#include "system/moment.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Entries of the journal, as something to judge by the exchange's records: what `journal resolve` thinks. Without I/O.
namespace omen {

/// What is known of the session that sent an entry's command. `is_settled`: nothing of it can be on its way any more,
/// which here takes the place of how the session ended.
SessionFacts facts_of(const JournalEntry& entry, bool is_settled);

/// An id that looks like ours is taken for ours: of an entry that knows no wallet nothing else tells whose order it is.
/// So is that of an entry which does not even say whose it is: it can become done, and never not executed.
LostCommand lost_command_of(const JournalEntry& entry);

/// What is written down of it.
JournalOutcome outcome_of(const Fate& fate);

/// What of a journal is looked at now: the unresolved, and for an hour what has been concluded not to have been
/// executed.
JournalQuery to_resolve(Timestamp now);

/// Leaves the entries that are this identity's, or don't say whose they are.
void keep_own(std::vector<JournalEntry>& entries, std::string_view identity);

/// The orders that entries are about.
std::vector<OrderRef> orders_of(const std::vector<JournalEntry>& entries);
/// The client order ids that they name, each once.
std::vector<ClientOrderId> client_ids_of(const std::vector<JournalEntry>& entries);

/// What one look at the exchange's record has told.
struct Resolution {
    std::vector<JournalEntry> entries{}; ///< those that are still unresolved, and those whose outcome is new
    std::size_t unresolved = 0;          ///< of these
    std::vector<std::string> revived{};  ///< had been concluded not to have been executed, and were: also among these
};

/// `placed_orders`: what the journal knows of the orders that were placed under their client order ids, of these
/// entries and of others; those of one id in their order. `read_at`: when the reading of the record began.
Resolution resolve(std::vector<JournalEntry> entries, std::vector<JournalEntry> placed_orders, const Reading& record,
                   const Moment& read_at);

} // namespace omen
