#pragma once

#include "core/enums.hpp"
#include "sim/link_step.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// What happens in a world of the drop-copy.
enum class FeedStepKind : std::uint8_t {
    trade, ///< something happens to the wallet
    // Of one connection:
    lose,  ///< an execution does not arrive
    twice, ///< one arrives twice
    late,  ///< one arrives behind the next
    end,   ///< the connection ends in place of one
    deaf,  ///< the same in place of an answer
    // Of a time:
    cut,       ///< the connection ends
    retention, ///< the exchange forgets executions
    reset,     ///< the exchange begins anew, and every session ends
    restart,   ///< the exchange begins its sequences anew, and says so
    relink,    ///< the account gets another wallet
    kill,      ///< the process is killed at one of its steps
};

} // namespace omen::sim

namespace omen {
template <>
inline constexpr auto enum_names<sim::FeedStepKind> = Names<12>{
    "trade", "lose", "twice", "late", "end", "deaf", "cut", "retention", "reset", "restart", "relink", "kill"};
} // namespace omen

namespace omen::sim {

using FeedStep = LinkStep<FeedStepKind>;

/// A world of the drop-copy.
struct DropCopyPlan {
    std::uint64_t seed = 0;
    Clock::duration latency{};
    bool has_cursor = true;
    std::optional<std::uint64_t> from_sequence{}; ///< without a cursor yet
    LinkSteps<FeedStepKind> steps;

    static DropCopyPlan draw(std::uint64_t seed);
    DropCopyPlan without(const std::set<std::size_t>& parts) const;
    std::size_t parts() const { return steps.size(); }
    std::string text() const;

    bool has(FeedStepKind kind) const;
};

} // namespace omen::sim
