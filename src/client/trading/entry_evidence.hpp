#pragma once

#include "client/journal/format.hpp"
#include "client/trading/evidence.hpp"

/// An entry of the journal, as something to judge by the exchange's records.
namespace omen {

/// What is known of the session that sent an entry's command. `is_settled`: nothing of it can be on its way any more,
/// which here takes the place of how the session ended.
SessionFacts facts_of(const JournalEntry& entry, bool is_settled);

/// An id that looks like ours is taken for ours: of an entry that knows no wallet nothing else tells whose order it is.
/// So is that of an entry which does not even say whose it is: it can become done, and never not executed.
LostCommand lost_command_of(const JournalEntry& entry);

/// What is written down of it.
JournalOutcome outcome_of(const Fate& fate);

} // namespace omen
