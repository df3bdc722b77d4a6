#pragma once

#include "sim/plan.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// What another process does with the journal, at a moment of the world.
struct Look {
    Clock::duration at{};
    bool is_mark = false; ///< it is no `resolve`, but a process that opens a session and notes what it learns of it
    bool is_torn = false; ///< it is killed while it writes
};

/// The disk takes so much of the first of these writes, and nothing of the others.
struct FullDisk {
    unsigned first = 0;
    unsigned count = 0;
    unsigned bytes = 0;
};

/// A world of the engine in which its process is killed, and what comes after it.
struct KilledPlan {
    Plan life;
    unsigned dies_at = 0; ///< at which of the process's steps
    bool reboots = false; ///< the machine goes down with it
    unsigned torn = 0;    ///< so much is missing of what it was writing
    std::optional<FullDisk> disk{};
    std::vector<Look> looks;

    static KilledPlan draw(std::uint64_t seed);
    /// Without these: those of its life first, then looks, then the disk.
    KilledPlan without(const std::set<std::size_t>& parts) const;
    std::size_t parts() const { return life.parts() + looks.size() + (disk ? 1 : 0); }
    std::string text() const;
};

} // namespace omen::sim
