// A fault waits for occasions: a command, a replayed execution, a book's delta or snapshot, a frame, a connection, a
// REST request. On each, all active faults are asked in the order in which they were switched on:
//
//   concerned  It is about this kind of occasion, and its filter (command, sequence, market, endpoint, path) fits.
//   seen       Then it counts the occasion, whether it strikes or not.
//   due        It has seen `nth` of them (without that: `every`; else 1). From then on it is due each time, or with
//              `every` at each `every`-th, until it has struck as often as its limit allows. With `chance`, only if the
//              die agrees.
//   struck     The first one that is due strikes. The others wait for an occasion on which they are due again.
//
// So an occasion suffers at most one fault, and what a fault has seen does not depend on the others. The die is cast
// last, when all else holds, and from a seed: the same plan on the same occasions strikes the same ones.
//
// Deltas are counted for each session and market apart, limits included, so that each subscriber loses its third
// delta, and not whoever is served third; so are executions for each replay, unless the fault names one of them. The
// list shows the sum.
//
// Faults of the sandbox itself have no occasions: a restart and its like happen when they are switched on, and how much
// the drop-copy keeps is read with find().

#include "sandbox/faults/fault_plan.hpp"

#include <algorithm>

namespace omen::sandbox {

void FaultPlan::clear(FaultKind kind) {
    active_.remove_if([kind](const Active& active) { return active.fault.kind == kind; });
}

std::vector<FaultStatus> FaultPlan::list() const {
    std::vector<FaultStatus> faults;
    for (const auto& active : active_)
        faults.push_back({.fault = active.fault.text,
                          .seen = active.total.seen,
                          .struck = active.total.struck,
                          .limit = active.fault.limit()});
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
    case Scope::replay: // the last one has no neighbour to change places with
        if (fault.kind == FaultKind::replay_reorder && occasion.is_last) return false;
        return !fault.sequence || fault.sequence == occasion.sequence;
    case Scope::delta:
    case Scope::snapshot:
    case Scope::subscription:
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

FaultPlan::Tally& FaultPlan::Active::tally_of(const Occasion& occasion) {
    if (occasion.scope == Scope::delta) return of_sources[{occasion.source, *occasion.market}];
    if (occasion.scope == Scope::replay && !fault.sequence) return of_sources[{occasion.source, {}}];
    return total;
}

const FaultSpec* FaultPlan::strike(const Occasion& occasion) {
    const FaultSpec* striking = nullptr;
    for (auto& active : active_) {
        if (!concerns(active.fault, occasion)) continue;
        auto& tally = active.tally_of(occasion);
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
