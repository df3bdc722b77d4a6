#include "sandbox/exchange/drop_copy.hpp"
#include "support/catch.hpp"

namespace omen::drop_copy_test {

using namespace omen::sandbox;

namespace {

DropCopy with_executions(std::size_t limit, int count) {
    DropCopy log(limit);
    for (int i = 0; i < count; ++i) log.append({});
    return log;
}

std::vector<std::uint64_t> sequences(const std::vector<ExecutionFacts>& executions) {
    std::vector<std::uint64_t> result;
    for (const auto& execution : executions) result.push_back(execution.sequence);
    return result;
}

using Sequences = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("executions are numbered from 1") {
    DropCopy log(10);
    CHECK(log.last_sequence() == 0);
    CHECK(log.append({}) == 1);
    CHECK(log.append({}) == 2);
    CHECK(log.last_sequence() == 2);
}

TEST_CASE("a replay starts at the sequence asked for") {
    const auto log = with_executions(10, 4);
    CHECK(sequences(log.replay(1)) == Sequences{1, 2, 3, 4});
    CHECK(sequences(log.replay(3)) == Sequences{3, 4});
    CHECK(sequences(log.replay(2, 2)) == Sequences{2, 3});
    CHECK(log.replay(5).empty());
    CHECK(log.replay(UINT64_MAX).empty());
}

TEST_CASE("only the newest executions are kept, under their own numbers") {
    const auto log = with_executions(3, 5);
    CHECK(log.oldest_sequence() == 3);
    CHECK(log.last_sequence() == 5);
    CHECK(sequences(log.replay(1)) == Sequences{3, 4, 5});
}

TEST_CASE("where nothing is kept the oldest sequence is the next one") {
    CHECK(with_executions(10, 0).oldest_sequence() == 1);
    CHECK(with_executions(0, 5).oldest_sequence() == 6);
    CHECK(with_executions(0, 5).replay(1).empty());
}

} // namespace omen::drop_copy_test
