// What became of a cancel or an amend whose answer was lost.

#include "client/trading/evidence.hpp"
#include "support/catch.hpp"
#include "support/evidence.hpp"

namespace omen::evidence_of_changes_test {

using namespace omen::literals;
using namespace omen::test::lost;
using test::accepted;
using test::amended;
using test::another;
using test::buy;
using test::cancelled;
using test::expired;
using test::filled;
using test::rejected;
using test::state;

namespace {

const auto at_101 = buy("c-1", 2_d, 101_d);

} // namespace

TEST_CASE("a cancel is done where the order was cancelled since") {
    CHECK(Evidence{.replay = {cancelled(11, ours)}}.says_of(a_cancel) == "executed");
    CHECK(Evidence{.replay = {accepted(11, ours), cancelled(12, ours)}}.says_of(
              gw::Cancel{.order_id = OrderId{"o-c-1"}}) == "executed");
}

TEST_CASE("a cancel is too late where the order had ended before, or ended in another way") {
    for (const auto& end : {cancelled(10, ours), filled(10, ours), filled(11, ours), expired(11, ours)})
        for (const bool settled : {false, true})
            CHECK(Evidence{.replay = {end}, .from = end.sequence, .settled = settled}.says_of(a_cancel) ==
                  "refused: unknown_order");
}

TEST_CASE("a name may have passed on to a later order where executions are missing: the end of the earlier one tells "
          "nothing") {
    constexpr std::int64_t a_day = 25LL * 60 * 60 * 1000;
    for (const auto& end : {at(sent_at.ms - a_day, cancelled(10, ours)), rejected(10, ours)}) {
        const gw::Cancel by_order_id{.order_id = end.order->order_id};
        const Evidence holed{.replay = {end, another(12)}, .from = 10};
        CHECK(holed.says_of(a_cancel) == "unknown");
        CHECK(holed.says_of(an_amend) == "unknown");
        CHECK(holed.says_of(by_order_id) == "refused: unknown_order");
        CHECK(Evidence{.replay = {end, another(11)}, .from = 10}.says_of(a_cancel) == "refused: unknown_order");
    }
}

TEST_CASE("a cancel of an order that is open as it was is absent") {
    CHECK(Evidence{.open = {state(ours)}}.says_of(a_cancel) == "not executed");
    CHECK(Evidence{.open = {state(ours)}, .replay = {another(12)}}.says_of(a_cancel) == "unknown");
    // A status that is not known is not an end.
    auto odd = state(ours);
    odd.status = Open<OrderStatus>::of_name("suspended");
    CHECK(Evidence{.open = {odd}}.says_of(a_cancel) == "not executed");
}

TEST_CASE("a cancel or amend of an order of which nothing is on record is unknown") {
    for (const gw::TradingCommand& command : {gw::TradingCommand(a_cancel), gw::TradingCommand(an_amend)}) {
        CHECK(Evidence{}.says_of(command) == "only all can tell");
        CHECK(Evidence{.from = 1, .session = without_start()}.says_of(command) == "unknown");
        // It came, and what became of it is not on record.
        CHECK(Evidence{.replay = {accepted(11, ours)}}.says_of(command) == "only all can tell");
    }
}

TEST_CASE("where the session's start was not learnt, what a command was to do may have been done at any time") {
    const std::vector moved{accepted(1, ours), amended(2, at_101)};
    CHECK(Evidence{.open = {state(at_101)}, .replay = moved, .from = 1, .session = without_start()}.says_of(an_amend) ==
          "unknown");
    CHECK(Evidence{.open = {state(ours)}, .replay = {accepted(1, ours)}, .from = 1, .session = without_start()}.says_of(
              an_amend) == "not executed");
    const std::vector gone{accepted(1, ours), cancelled(2, ours)};
    CHECK(Evidence{.replay = gone, .from = 1, .session = without_start()}.says_of(a_cancel) == "unknown");
    const std::vector spent{accepted(1, ours), filled(2, ours)};
    CHECK(Evidence{.replay = spent, .from = 1, .session = without_start()}.says_of(a_cancel) ==
          "refused: unknown_order");
}

TEST_CASE("an amend is done where the order was amended to its values since") {
    CHECK(Evidence{.replay = {amended(11, at_101)}}.says_of(an_amend) == "executed");
    // What happened then does not undo it.
    CHECK(Evidence{.replay = {amended(11, at_101), amended(12, ours)}}.says_of(an_amend) == "executed");
    CHECK(Evidence{.replay = {amended(11, at_101), filled(12, at_101)}}.says_of(an_amend) == "executed");
    const gw::Amend both{.order_id = OrderId{"o-c-1"}, .price = 101_d, .size = 3_d};
    CHECK(Evidence{.open = {state(at_101)}, .replay = {amended(11, at_101)}}.says_of(both) == "not executed");
}

TEST_CASE("an amend is not taken for done by what earlier ones of its session did") {
    const std::vector back_and_forth{amended(11, at_101), amended(12, ours)};
    CHECK(Evidence{.open = {state(ours)}, .replay = back_and_forth, .amends_before = 2}.says_of(an_amend) == "unknown");
    const std::vector done{amended(11, at_101), amended(12, ours), amended(13, at_101)};
    CHECK(Evidence{.open = {state(at_101)}, .replay = done, .amends_before = 2}.says_of(an_amend) == "executed");
    // Those that did something else leave it absent.
    CHECK(Evidence{.open = {state(ours)}, .replay = {amended(11, ours)}, .amends_before = 1}.says_of(an_amend) ==
          "not executed");
    // What was done below N is no matter of the session.
    CHECK(Evidence{.replay = {amended(10, ours), amended(11, at_101)}, .from = 10}.says_of(an_amend) == "executed");
}

TEST_CASE("an amend is absent where the order is open and was not amended to its values since") {
    CHECK(Evidence{.open = {state(ours)}}.says_of(an_amend) == "not executed");
    CHECK(Evidence{.open = {state(at_101)}, .replay = {amended(10, at_101)}, .from = 10}.says_of(an_amend) ==
          "not executed");
    CHECK(Evidence{.open = {state(ours)}, .settled = false}.says_of(an_amend) == "unknown");
}

TEST_CASE("an amend is too late where the order ended without it") {
    CHECK(Evidence{.replay = {filled(11, ours)}}.says_of(an_amend) == "refused: unknown_order");
    CHECK(Evidence{.replay = {cancelled(10, ours)}, .from = 10}.says_of(an_amend) == "refused: unknown_order");
}

TEST_CASE("what became of a cancel or amend of an order that is itself unresolved is unknown") {
    for (const gw::TradingCommand& command : {gw::TradingCommand(a_cancel), gw::TradingCommand(an_amend)}) {
        CHECK(Evidence{.open = {state(ours)}, .target_unresolved = true}.says_of(command) == "unknown");
        CHECK(Evidence{.target_unresolved = true}.says_of(command) == "unknown");
    }
}

TEST_CASE("cancel all is done where nothing is open and nothing can be on its way") {
    auto elsewhere = state(ours);
    elsewhere.market_id = MarketId(2);
    const gw::CancelAll in_market_1{.market_id = MarketId(1)};
    CHECK(Evidence{}.says_of(gw::CancelAll{}) == "executed");
    CHECK(Evidence{.open = {elsewhere}}.says_of(in_market_1) == "executed");
    CHECK(Evidence{.open = {elsewhere}}.says_of(gw::CancelAll{}) == "unknown");
    CHECK(Evidence{.open = {state(ours)}}.says_of(in_market_1) == "unknown");
    CHECK(Evidence{.settled = false}.says_of(gw::CancelAll{}) == "unknown");
    CHECK(Evidence{.reader = {.account = "other", .wallet = "0x1"}}.says_of(gw::CancelAll{}) == "unknown");
    elsewhere.market_id.reset();
    CHECK(Evidence{.open = {elsewhere}}.says_of(in_market_1) == "unknown");
}

} // namespace omen::evidence_of_changes_test
