#include "support/catch.hpp"
#include "support/exchange_commands.hpp"

#include <random>

namespace omen::audit_test {

using namespace omen::sandbox;

namespace {

/// A seed's commands, each followed by the audit.
void live_through(std::uint64_t seed, bool at_the_ends) {
    std::mt19937_64 random(seed);
    ExchangeCommands world([&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); },
                           at_the_ends);
    for (int step = 1; step <= 100; ++step) {
        world.step();
        if (const auto faults = world.faults(); !faults.empty())
            FAIL("seed " << seed << ", step " << step << ": " << faults.front());
    }
}

} // namespace

TEST_CASE("the money and the books of 1,000 random flows add up after every command", "[audit]") {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) live_through(seed, false);
}

TEST_CASE("they add up at the ends of the range, too", "[audit]") {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) live_through(seed, true);
}

TEST_CASE("an audit says where the money is", "[audit]") {
    World world;
    world.buy(alice, 101_d, 10_d);
    const auto audit = world.exchange.audit();
    CHECK(audit.faults.empty());
    CHECK(audit.deposits == 20000_d);
    CHECK(audit.fees == 0.505_d);
    CHECK(audit.wallets == 18989.495_d); // 10 × 101 and the fee are gone
    CHECK(audit.house == 1010_d);
    CHECK((audit.markets.at(0).longs == 10_d && audit.markets.at(0).shorts == 10_d));
    CHECK((audit.rounding == 0_d && audit.debt == 0_d && audit.insurance == 0_d));
}

} // namespace omen::audit_test
