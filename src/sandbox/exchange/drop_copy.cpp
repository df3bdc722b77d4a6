#include "sandbox/exchange/drop_copy.hpp"

#include <algorithm>
#include <utility>

namespace omen::sandbox {

std::uint64_t DropCopy::append(ExecutionFacts execution) {
    execution.sequence = ++last_;
    kept_.push_back(std::move(execution));
    keep(limit_);
    return last_;
}

void DropCopy::keep(std::size_t limit) {
    limit_ = limit;
    while (kept_.size() > limit_) kept_.pop_front();
}

std::vector<ExecutionFacts> DropCopy::replay(std::uint64_t from, std::size_t limit) const {
    const auto first = std::max(from, oldest_sequence());
    if (first > last_) return {};
    const auto skipped = static_cast<std::ptrdiff_t>(first - oldest_sequence());
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(limit, last_ + 1 - first));
    return {kept_.begin() + skipped, kept_.begin() + skipped + count};
}

} // namespace omen::sandbox
