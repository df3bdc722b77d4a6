#include "client/trading/entry_evidence.hpp"

#include "client/trading/orders.hpp"

#include <algorithm>

namespace omen {

namespace {

const char* name_of(Fate::Outcome fate) {
    switch (fate) {
    case Fate::Outcome::executed:
        return outcome::done;
    case Fate::Outcome::refused:
        return outcome::refused;
    case Fate::Outcome::not_executed:
        return outcome::not_executed;
    case Fate::Outcome::unknown:
        break;
    }
    return outcome::unknown;
}

} // namespace

SessionFacts facts_of(const JournalEntry& entry, bool is_settled) {
    const auto& session = entry.session;
    // One that was closed at the beginning of time has been for long.
    return {.holder = {.account = session.account, .wallet = session.wallet},
            .start = session.sequence,
            .seen = std::max(entry.seen.value_or(0), session.sequence.value_or(0)),
            .end = is_settled ? SessionEnd::closed : SessionEnd::broken};
}

LostCommand lost_command_of(const JournalEntry& entry) {
    const auto* order = std::get_if<gw::Order>(&entry.command);
    return {.command = entry.command,
            .sent_at = entry.intended.time,
            .minted = !entry.identity || (order != nullptr && looks_minted(order->client_order_id))};
}

JournalOutcome outcome_of(const Fate& fate) {
    JournalOutcome known{.outcome = name_of(fate.outcome)};
    if (!fate.code.empty()) known.code = fate.code;
    if (fate.order) {
        known.order_id = fate.order->order_id;
        if (fate.order->status) known.status = std::string(to_string(*fate.order->status));
    }
    return known;
}

} // namespace omen
