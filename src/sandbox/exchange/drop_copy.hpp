#pragma once

#include "sandbox/exchange/facts.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace omen::sandbox {

/// One wallet's executions, numbered from 1 without a hole. The newest `limit` of them are kept.
class DropCopy {
  public:
    explicit DropCopy(std::size_t limit) : limit_(limit) {}

    /// Changes how many are kept.
    void keep(std::size_t limit);

    /// Numbers an execution and keeps it. Returns the sequence it was given.
    std::uint64_t append(ExecutionFacts execution);

    /// The last sequence issued; 0 when there is none yet.
    std::uint64_t last_sequence() const { return last_; }
    /// The oldest sequence kept; the next one to be issued when nothing is kept.
    std::uint64_t oldest_sequence() const { return last_ + 1 - kept_.size(); }
    /// The kept executions from a sequence on, oldest first, at most `limit` of them.
    std::vector<ExecutionFacts> replay(std::uint64_t from, std::size_t limit = SIZE_MAX) const;

  private:
    std::size_t limit_;
    std::uint64_t last_ = 0;
    std::deque<ExecutionFacts> kept_;
};

} // namespace omen::sandbox
