#include "client/trading/entry_evidence.hpp"

#include "client/trading/orders.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace omen {

namespace {

// What has been concluded not to have been executed is looked at again for so long.
constexpr Milliseconds looked_at_again{3'600'000};

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

bool was_done(const JournalEntry& entry) {
    return !is_unresolved(entry) && entry.outcome->outcome == outcome::done;
}

/// What the journal knows of orders, by the client order ids under which they were placed.
class Placed {
  public:
    explicit Placed(std::vector<JournalEntry> entries) {
        for (auto& entry : entries) by_id_[id_of(entry)].push_back(std::move(entry));
    }

    /// In the order of their intents.
    const std::vector<JournalEntry>& orders(const std::optional<ClientOrderId>& id) const {
        static const std::vector<JournalEntry> none;
        const auto found = id ? by_id_.find(id->value) : by_id_.end();
        return found == by_id_.end() ? none : found->second;
    }
    /// What became of one is known now.
    void settle(const JournalEntry& entry) {
        if (!std::holds_alternative<gw::Order>(entry.command)) return;
        for (auto& one : by_id_[id_of(entry)])
            if (one.entry == entry.entry) one.outcome = entry.outcome;
    }

  private:
    static const std::string& id_of(const JournalEntry& entry) {
        return std::get<gw::Order>(entry.command).client_order_id.value;
    }

    std::unordered_map<std::string, std::vector<JournalEntry>> by_id_;
};

/// What is on record under an order's name may be another order of ours: one that was placed before it, or may have
/// been, or one that is known to have been placed since.
void look_for_namesakes(LostCommand& lost, const JournalEntry& entry, const std::vector<JournalEntry>& placed) {
    bool is_before =
        std::any_of(placed.begin(), placed.end(), [&](const JournalEntry& one) { return one.entry == entry.entry; });
    for (const auto& other : placed) {
        if (other.entry == entry.entry) {
            is_before = false;
        } else if (was_done(other) || (is_before && is_unresolved(other))) {
            lost.name_used = true;
            if (is_before) lost.earlier = other.outcome ? other.outcome->order_id : std::nullopt;
        }
    }
}

LostCommand lost_command_of(const JournalEntry& entry, const Placed& placed) {
    auto lost = omen::lost_command_of(entry);
    const auto ref = ref_of(entry.command);
    if (!ref) return lost;
    const auto& namesakes = placed.orders(ref->client_order_id);
    if (std::holds_alternative<gw::Order>(entry.command))
        look_for_namesakes(lost, entry, namesakes);
    else
        lost.target_unresolved =
            std::any_of(namesakes.begin(), namesakes.end(), [](const JournalEntry& one) { return is_unresolved(one); });
    return lost;
}

/// Whether a later command may have placed an order under the same client order id: what is on record is that.
bool was_repeated(const JournalEntry& entry, const Placed& placed) {
    const auto* order = std::get_if<gw::Order>(&entry.command);
    if (order == nullptr || !entry.identity) return false;
    const auto& namesakes = placed.orders(order->client_order_id);
    return std::any_of(namesakes.begin(), namesakes.end(), [&](const JournalEntry& other) {
        const bool may_be_it = is_unresolved(other) || was_done(other);
        return may_be_it && other.intended.time > entry.intended.time;
    });
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

JournalQuery to_resolve(Timestamp now) {
    return {.which = JournalQuery::Which::to_resolve, .concluded_since = {now.ms - looked_at_again.count()}};
}

void keep_own(std::vector<JournalEntry>& entries, std::string_view identity) {
    std::erase_if(entries, [&](const JournalEntry& entry) { return entry.identity && entry.identity != identity; });
}

std::vector<OrderRef> orders_of(const std::vector<JournalEntry>& entries) {
    std::vector<OrderRef> orders;
    for (const auto& entry : entries)
        if (const auto ref = ref_of(entry.command)) orders.push_back(*ref);
    return orders;
}

std::vector<ClientOrderId> client_ids_of(const std::vector<JournalEntry>& entries) {
    std::unordered_set<std::string> known;
    std::vector<ClientOrderId> ids;
    for (const auto& order : orders_of(entries))
        if (order.client_order_id && known.insert(order.client_order_id->value).second)
            ids.push_back(*order.client_order_id);
    return ids;
}

Resolution resolve(std::vector<JournalEntry> entries, std::vector<JournalEntry> placed_orders, const Reading& record,
                   const Moment& read_at) {
    Placed placed(std::move(placed_orders));
    Resolution resolution;
    // Orders come before what names them.
    for (auto& entry : entries) {
        const bool again = !is_unresolved(entry);
        const bool is_settled = may_conclude_absence(entry, read_at);
        entry.outcome =
            outcome_of(judge(lost_command_of(entry, placed), facts_of(entry, is_settled), record, is_settled));
        if (again && (!was_done(entry) || was_repeated(entry, placed))) continue;
        placed.settle(entry);
        if (again) resolution.revived.push_back(entry.entry);
        if (is_unresolved(entry)) ++resolution.unresolved;
        resolution.entries.push_back(std::move(entry));
    }
    return resolution;
}

} // namespace omen
