#include "sandbox/faults/fault_plan.hpp"

#include <algorithm>

namespace omen::sandbox {

void FaultPlan::clear(FaultKind kind) {
    active_.remove_if([kind](const Active& active) { return active.fault.kind == kind; });
}

std::vector<FaultStatus> FaultPlan::list() const {
    std::vector<FaultStatus> faults;
    for (const auto& [fault, total, of_deltas] : active_)
        faults.push_back({.fault = fault.text, .seen = total.seen, .struck = total.struck, .limit = fault.limit()});
    return faults;
}

const FaultSpec* FaultPlan::find(FaultKind kind) const {
    const auto found = std::find_if(active_.rbegin(), active_.rend(),
                                    [kind](const Active& active) { return active.fault.kind == kind; });
    return found == active_.rend() ? nullptr : &found->fault;
}

bool FaultPlan::concerns(const FaultSpec& fault, const Occasion& occasion) {
    if (fault.scope() != occasion.scope) return false;
    switch (occasion.scope) {
    case Scope::command:
        return !fault.command || fault.command == occasion.command;
    case Scope::delta:
        return !fault.market || *fault.market == *occasion.market;
    case Scope::frame:
    case Scope::connection:
        return !fault.endpoint || fault.endpoint == occasion.endpoint;
    case Scope::request:
        return occasion.target.starts_with(fault.path);
    case Scope::sandbox:
        break;
    }
    return false;
}

bool FaultPlan::is_due(const FaultSpec& fault, const Tally& tally) {
    const auto limit = fault.limit();
    const auto first = fault.nth.value_or(fault.every.value_or(1));
    if ((limit && tally.struck >= *limit) || tally.seen < first) return false;
    if (fault.every && (tally.seen - first) % *fault.every != 0) return false;
    return !fault.chance || random_() % *fault.chance == 0;
}

const FaultSpec* FaultPlan::strike(const Occasion& occasion) {
    const FaultSpec* striking = nullptr;
    for (auto& active : active_) {
        if (!concerns(active.fault, occasion)) continue;
        auto& tally =
            occasion.scope == Scope::delta ? active.of_deltas[{occasion.session, *occasion.market}] : active.total;
        ++tally.seen;
        const bool strikes = striking == nullptr && is_due(active.fault, tally);
        if (strikes) {
            striking = &active.fault;
            ++tally.struck;
        }
        if (&tally == &active.total) continue;
        ++active.total.seen;
        active.total.struck += strikes ? 1 : 0;
    }
    return striking;
}

} // namespace omen::sandbox
