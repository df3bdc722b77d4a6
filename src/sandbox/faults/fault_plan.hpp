#pragma once

#include "protocol/wire/declaration.hpp"
#include "sandbox/faults/fault_spec.hpp"

#include <list>
#include <map>
#include <random>
#include <string_view>
#include <vector>

namespace omen::sandbox {

/// An active fault and what it has done so far.
struct FaultStatus {
    std::string fault;
    std::uint64_t seen = 0;               ///< how often it might have struck
    std::uint64_t struck = 0;             ///< how often it did
    std::optional<std::uint64_t> limit{}; ///< how often it will at most, where occasions are counted apart each time

    static constexpr auto declaration() {
        return wire::record("fault", wire::field("fault", &FaultStatus::fault), wire::field("seen", &FaultStatus::seen),
                            wire::field("struck", &FaultStatus::struck), wire::field("limit", &FaultStatus::limit));
    }
};

/// The active faults: what happens to this command, delta, frame, connection or request now. Pointers are good until
/// the plan is changed.
class FaultPlan {
  public:
    /// The seed decides what `chance` brings.
    explicit FaultPlan(std::uint64_t seed = 1) : random_(seed) {}

    void add(FaultSpec fault) { active_.push_back({.fault = std::move(fault)}); }
    void clear() { active_.clear(); }
    void clear(FaultKind kind);
    std::vector<FaultStatus> list() const;
    bool is_empty() const { return active_.empty(); }
    /// The last one of a kind to be switched on; null without any.
    const FaultSpec* find(FaultKind kind) const;

    /// Null: nothing happens to it; the same below.
    const FaultSpec* on_command(CommandKind command) {
        return is_empty() ? nullptr : strike({.scope = Scope::command, .command = command});
    }
    /// The number of a replay that begins.
    std::uint64_t next_replay() { return ++replays_; }
    /// An execution that is replayed. Counted for each replay on its own, but where the fault names a sequence: then
    /// the replays that have it are counted.
    const FaultSpec* on_replayed(std::uint64_t replay, std::uint64_t sequence, bool is_last) {
        return is_empty()
                   ? nullptr
                   : strike({.scope = Scope::replay, .source = replay, .sequence = sequence, .is_last = is_last});
    }
    /// Counted for each session and market on its own.
    const FaultSpec* on_delta(std::uint64_t session, const MarketId& market) {
        return is_empty() ? nullptr : strike({.scope = Scope::delta, .source = session, .market = &market});
    }
    const FaultSpec* on_snapshot(const MarketId& market) {
        return is_empty() ? nullptr : strike({.scope = Scope::snapshot, .market = &market});
    }
    /// To a public channel.
    const FaultSpec* on_subscription(const MarketId& market) {
        return is_empty() ? nullptr : strike({.scope = Scope::subscription, .market = &market});
    }
    const FaultSpec* on_frame(Endpoint endpoint) {
        return is_empty() ? nullptr : strike({.scope = Scope::frame, .endpoint = endpoint});
    }
    const FaultSpec* on_connection(Endpoint endpoint) {
        return is_empty() ? nullptr : strike({.scope = Scope::connection, .endpoint = endpoint});
    }
    const FaultSpec* on_request(std::string_view target) {
        return is_empty() ? nullptr : strike({.scope = Scope::request, .target = target});
    }

  private:
    using Scope = FaultScope;
    struct Occasion {
        Scope scope;
        CommandKind command{};
        Endpoint endpoint{};
        std::uint64_t source = 0; ///< the session or the replay
        const MarketId* market = nullptr;
        std::uint64_t sequence = 0;
        bool is_last = false; ///< of its replay
        std::string_view target{};
    };
    struct Tally {
        std::uint64_t seen = 0;
        std::uint64_t struck = 0;
    };
    struct Active {
        FaultSpec fault;
        Tally total{};
        std::map<std::pair<std::uint64_t, MarketId>, Tally> of_sources{}; ///< where each is counted on its own

        Tally& tally_of(const Occasion& occasion);
    };

    static bool concerns(const FaultSpec& fault, const Occasion& occasion);
    bool is_due(const FaultSpec& fault, const Tally& tally);
    const FaultSpec* strike(const Occasion& occasion);

    std::mt19937_64 random_;
    std::uint64_t replays_ = 0;
    std::list<Active> active_;
};

} // namespace omen::sandbox
