#include "client/session/kept.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"

#include <memory>

namespace omen::kept_test {

TEST_CASE("what is kept comes out in its order, and makes room for more") {
    Kept<std::unique_ptr<int>> kept("feed");
    constexpr auto a_part = Kept<int>::most / 7;
    for (int round = 0; round < 10; ++round) {
        kept.push(std::make_unique<int>(2 * round), a_part);
        kept.push(std::make_unique<int>(2 * round + 1), a_part);
        CHECK(*kept.pop() == 2 * round);
        CHECK(*kept.pop() == 2 * round + 1);
        CHECK(kept.empty());
    }
}

TEST_CASE("no more is kept than the bound, and that it is met is an error that says so") {
    const auto [bytes, most] = GENERATE(table<std::size_t, int>({{64U << 20, 1}, {1U << 20, 127}, {100'000, 1342}}));
    Kept<int> kept("feed");
    int count = 0;
    try {
        for (;; ++count) kept.push(count, bytes);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::protocol);
        CHECK(std::string(error.what()) == "feed: more than 256 MB of events came while an answer was awaited");
    }
    CHECK(count == most);
}

} // namespace omen::kept_test
