// What became of a command whose answer was lost: the rules of evidence, one by one. Cancels and amends are in
// evidence_of_changes_test.cpp.

#include "client/trading/evidence.hpp"
#include "support/catch.hpp"
#include "support/evidence.hpp"

namespace omen::evidence_test {

using namespace omen::literals;
using namespace omen::test::lost;
using test::accepted;
using test::amended;
using test::another;
using test::buy;
using test::cancelled;
using test::execution;
using test::expired;
using test::filled;
using test::rejected;
using test::state;

namespace {

template <class Change> gw::Order ours_but(Change change) {
    auto order = ours;
    change(order);
    return order;
}

const auto at_101 = ours_but([](auto& order) { order.price = 101_d; });

const std::vector<gw::Order> of_other_terms{
    ours_but([](auto& order) { order.market_id = MarketId(2); }),
    ours_but([](auto& order) { order.side = Side::sell; }),
    ours_but([](auto& order) { order.order_type = OrderType::market; }),
    ours_but([](auto& order) { order.price = 99_d; }),
    ours_but([](auto& order) { order.size = 3_d; }),
};

} // namespace

// ---- absence

TEST_CASE("a command that nothing shows was not executed, where everything holds") {
    CHECK(Evidence{}.says_of(ours) == "not executed");
    CHECK(Evidence{.replay = {another(11), another(12)}}.says_of(ours) == "not executed");
    CHECK(Evidence{.replay = {another(1), another(2)}, .from = 1, .session = without_start()}.says_of(ours) ==
          "not executed");
}

TEST_CASE("identity: absence proves nothing unless account and wallet are surely the same") {
    for (const auto& reader : {Holder{.account = "other", .wallet = "0x1"}, Holder{.account = "default"},
                               Holder{.wallet = "0x1"}, Holder{.account = "default", .wallet = "0x2"}}) {
        CHECK((Evidence{.reader = reader, .orders_wallet = {}}.fate(ours) == Fate::Outcome::unknown));
        CHECK((Evidence{.session = held_by(reader)}.fate(ours) == Fate::Outcome::unknown));
    }
    CHECK(Evidence{.reader = {.account = "default", .wallet = "0X1"}}.says_of(ours) == "not executed");
}

TEST_CASE("whole: absence proves nothing where a sequence is missing") {
    CHECK(Evidence{.replay = {another(11), another(13)}}.says_of(ours) == "only all can tell");  // a hole
    CHECK(Evidence{.replay = {another(12), another(13)}}.says_of(ours) == "only all can tell");  // a late start
    CHECK(Evidence{.replay = {another(11)}, .issued = 12}.says_of(ours) == "only all can tell"); // too short
    CHECK(Evidence{.replay = {another(11), another(11)}, .issued = 12}.says_of(ours) ==
          "only all can tell");                                                                         // a double
    CHECK(Evidence{.replay = {another(12)}, .kept_from = 12}.says_of(ours) == "only all can tell");     // a gap
    CHECK(Evidence{.replay = {another(11), at(7, another(11))}}.says_of(ours) == "only all can tell");  // two of one
    CHECK(Evidence{.replay = {another(13), another(11), another(12)}}.says_of(ours) == "not executed"); // any order
    CHECK(Evidence{.replay = {another(12), another(11), another(12)}}.says_of(ours) == "not executed"); // the same
}

TEST_CASE("whole: what is missing before the command's own time takes nothing from absence") {
    CHECK(Evidence{.replay = {another(11), another(12)}, .from = 1, .kept_from = 11}.says_of(ours) == "not executed");
    CHECK(Evidence{.replay = {another(4), another(11)}, .from = 1}.says_of(ours) == "not executed");
    CHECK(Evidence{.replay = {another(12)}, .from = 1, .kept_from = 12}.says_of(ours) == "unknown");
    CHECK(Evidence{.replay = {another(10), another(12)}, .from = 1}.says_of(ours) == "unknown");
}

TEST_CASE("same run: absence proves nothing in a record that lacks what was seen before") {
    auto session = facts();
    session.seen = 12;
    CHECK(Evidence{.replay = {another(11)}, .session = session}.says_of(ours) == "only all can tell");
    CHECK(Evidence{.replay = {another(11), another(12)}, .session = session}.says_of(ours) == "not executed");
    // The exchange began anew, and has issued less than there was before.
    CHECK(Evidence{.issued = 3}.says_of(ours) == "only all can tell");
}

TEST_CASE("same run: an event that was seen is to be found again as it was") {
    const auto session = that_saw(at(5, another(11)));
    CHECK(Evidence{.replay = {at(5, another(11))}, .session = session}.says_of(ours) == "not executed");
    CHECK(Evidence{.replay = {at(6, another(11))}, .session = session}.says_of(ours) == "only all can tell");
    CHECK(Evidence{.replay = {at(5, expired(11, buy("another")))}, .session = session}.says_of(ours) ==
          "only all can tell");
    CHECK(Evidence{.replay = {named("o-9", at(5, another(11)))}, .session = session}.says_of(ours) ==
          "only all can tell");
}

TEST_CASE("settled: absence proves nothing while the command may still be on its way") {
    CHECK(Evidence{.settled = false}.says_of(ours) == "only all can tell");
    CHECK(Evidence{.open = {state(ours)}, .settled = false}.says_of(a_cancel) == "unknown");
}

TEST_CASE("a session is settled two seconds after its close frame; broken or alive it never is") {
    const Clock::time_point end{Milliseconds(60'000)};
    auto session = facts();
    session.ended_at = end;
    CHECK(is_settled(session, end + Milliseconds(2'000)));
    CHECK_FALSE(is_settled(session, end + Milliseconds(1'999)));
    for (const auto how : {SessionEnd::broken, SessionEnd::lives}) {
        session.end = how;
        CHECK_FALSE(is_settled(session, end + Milliseconds(3'600'000)));
    }
}

// ---- presence

TEST_CASE("an order with our id and terms was executed, whatever else is missing") {
    const Evidence open{.open = {state(ours)}, .minted = true};
    CHECK(open.says_of(ours) == "executed");
    for (auto less : {Evidence{.kept_from = 14}, Evidence{.issued = 14}, Evidence{.settled = false},
                      Evidence{.reader = {.wallet = "0x1"}}, Evidence{.session = that_saw(another(13))}}) {
        less.open = {state(ours)};
        less.minted = true;
        CHECK(less.says_of(ours) == "executed");
        less.open = {};
        less.replay = {accepted(14, ours)};
        CHECK(less.says_of(ours) == "executed");
    }
}

TEST_CASE("an order that has ended since was executed, and is shown as it ended") {
    for (const auto& end : {filled(12, ours), cancelled(12, ours), expired(12, ours)}) {
        const auto fate = Evidence{.replay = {accepted(11, ours), end}}.fate(ours);
        CHECK(fate == Fate::Outcome::executed);
        CHECK(fate.order->status == end.order->status);
    }
}

TEST_CASE("how an order stands that is no longer open is not told by an older event, where executions are missing") {
    const auto replay = std::vector{accepted(11, ours), another(13)};
    const auto fate = Evidence{.replay = replay}.fate(ours);
    CHECK(fate.outcome == Fate::Outcome::executed);
    CHECK_FALSE(fate.order->status);
    CHECK_FALSE(fate.order->filled_size);
    // One that is never open has ended.
    const auto at_once = ours_but([](auto& order) { order.time_in_force = TimeInForce::ioc; });
    CHECK(Evidence{.replay = {accepted(11, at_once), another(13)}}.says_of(at_once) == "unknown");
    CHECK(Evidence{.replay = {accepted(11, at_once), filled(12, at_once)}}.says_of(at_once) == "executed");
    // What is open is so as it stands there.
    auto partly = state(ours, OrderStatus::partially_filled);
    CHECK(Evidence{.open = {partly}, .replay = replay}.fate(ours).order->status == OrderStatus::partially_filled);
}

TEST_CASE("an order that the exchange rejected is refused") {
    CHECK(Evidence{.replay = {rejected(11, ours)}}.says_of(ours) == "refused: rejected");
}

TEST_CASE("another wallet's records prove nothing") {
    const std::vector open{state(ours)};
    CHECK(Evidence{.replay = {of_wallet("0x2", accepted(11, ours))}}.says_of(ours) == "only all can tell");
    CHECK(Evidence{
              .open = open, .reader = {.account = "default", .wallet = "0x2"}, .orders_wallet = "0x2", .minted = true}
              .says_of(ours) == "unknown");
    CHECK(Evidence{.open = open, .orders_wallet = "0x2", .minted = true}.says_of(ours) == "unknown");
    CHECK(Evidence{.orders_wallet = "0x2"}.says_of(gw::CancelAll{}) == "unknown");
    CHECK(Evidence{.open = open, .reader = {.wallet = "0X1"}, .orders_wallet = "0x1", .minted = true}.says_of(ours) ==
          "executed");
}

TEST_CASE("where our own wallet was never learnt only an id that we made proves anything") {
    const auto session = held_by({});
    CHECK(Evidence{.open = {state(ours)}, .session = session, .minted = true}.says_of(ours) == "executed");
    CHECK(Evidence{.replay = {accepted(11, ours)}, .session = session}.says_of(ours) == "unknown");
}

// ---- terms

TEST_CASE("an order of other terms is another one, which has the id: seen placed, it makes ours a duplicate") {
    for (const auto& other : of_other_terms) {
        CHECK(Evidence{.replay = {accepted(11, other)}}.says_of(ours) == "refused: duplicate_client_order_id");
        // While only what it is now is known, it may be ours, amended.
        CHECK(Evidence{.open = {state(other)}}.says_of(ours) == "only all can tell");
        CHECK(Evidence{.open = {state(other)}, .from = 1, .kept_from = 11}.says_of(ours) == "unknown");
    }
}

TEST_CASE("an order that was amended since is still the one that was sent") {
    CHECK(Evidence{.open = {state(at_101)}, .replay = {accepted(11, ours), amended(12, at_101)}}.says_of(ours) ==
          "executed");
}

TEST_CASE("of a market order the price says nothing, and one that is to reduce a position may have been made smaller") {
    const auto market = ours_but([](auto& order) {
        order.order_type = OrderType::market;
        order.price.reset();
    });
    auto known = state(market, OrderStatus::filled);
    known.price = 105_d;
    CHECK(Evidence{.replay = {execution(11, ExecutionEvent::accepted, known)}}.says_of(market) == "executed");

    const auto reducing = ours_but([](auto& order) { order.reduce_only = true; });
    const auto smaller = ours_but([](auto& order) { order.size = 1_d; });
    const auto larger = ours_but([](auto& order) { order.size = 3_d; });
    CHECK(Evidence{.replay = {accepted(11, smaller)}}.says_of(reducing) == "executed");
    CHECK(Evidence{.replay = {accepted(11, larger)}}.says_of(reducing) == "refused: duplicate_client_order_id");
}

TEST_CASE("a term that is missing or not known neither agrees nor contradicts") {
    auto vague = accepted(11, ours);
    vague.order->side = Open<Side>::of_name("short_sell");
    vague.order->order_type = Open<OrderType>::of_name("iceberg");
    vague.order->market_id.reset();
    vague.order->price.reset();
    CHECK(Evidence{.replay = {vague}}.says_of(ours) == "executed");
    vague.order->size = 3_d;
    CHECK(Evidence{.replay = {vague}}.says_of(ours) == "refused: duplicate_client_order_id");
}

// ---- ids that were used before

TEST_CASE("of several with one id, one that was accepted counts before one that was rejected") {
    const auto no = named("o-0", rejected(11, ours));
    const auto later_no = named("o-9", rejected(13, ours));
    CHECK(Evidence{.replay = {no, accepted(12, ours), later_no}}.says_of(ours) == "executed");
    CHECK(Evidence{.open = {state(ours)}, .replay = {no}, .minted = true}.says_of(ours) == "executed");
}

TEST_CASE("of two that were accepted the later counts") {
    const std::vector replay{accepted(1, at_101), cancelled(2, at_101), named("o-2", accepted(3, ours))};
    CHECK(Evidence{.replay = replay, .from = 1, .session = without_start()}.says_of(ours) == "executed");
    CHECK(Evidence{.replay = replay, .from = 1, .session = without_start()}.says_of(at_101) ==
          "refused: duplicate_client_order_id");
}

TEST_CASE("an order that was there before our session began makes ours a duplicate") {
    const std::vector replay{accepted(10, ours)};
    CHECK(Evidence{.replay = replay, .from = 10}.says_of(ours) == "refused: duplicate_client_order_id");
    // A new id of ours can't have been.
    CHECK(Evidence{.replay = replay, .from = 10, .minted = true}.says_of(ours) == "executed");
}

TEST_CASE(
    "an order that was there before is the older one whatever its terms, and though its placing is not on record") {
    for (const auto& other : of_other_terms)
        CHECK(Evidence{.replay = {cancelled(10, other)}, .from = 1, .kept_from = 10}.says_of(ours) ==
              "refused: duplicate_client_order_id");
}

TEST_CASE("while the session's start may still be learnt, an order that has the name may be older") {
    auto session = without_start();
    session.end = SessionEnd::lives;
    session.start_by = Clock::time_point{} + std::chrono::seconds(5);
    const std::vector open{state(ours)};
    CHECK(Evidence{.open = open, .from = 1, .session = session}.says_of(ours) == "unknown");
    CHECK(Evidence{.open = open, .from = 1, .session = session, .minted = true}.says_of(ours) == "executed");
    session.end = SessionEnd::closed;
    CHECK(Evidence{.open = open, .from = 1, .session = session}.says_of(ours) == "executed");
    session.end = SessionEnd::lives;
    session.start_by = {};
    CHECK(Evidence{.open = open, .from = 1, .session = session}.says_of(ours) == "executed");
}

TEST_CASE("where absence proves nothing an older order that has the name is looked for") {
    CHECK(Evidence{.settled = false}.says_of(ours) == "only all can tell");
    CHECK(Evidence{.from = 1, .settled = false}.says_of(ours) == "unknown");
    CHECK(Evidence{.replay = {accepted(4, ours)}, .from = 1, .issued = 10, .settled = false}.says_of(ours) ==
          "refused: duplicate_client_order_id");
    CHECK(Evidence{.settled = false, .minted = true}.says_of(ours) == "unknown");
}

TEST_CASE("an order that is open may have been before, unless all has been read") {
    std::vector<gw::Execution> ten;
    for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) ten.push_back(another(sequence));
    const std::vector open{state(ours)};
    CHECK(Evidence{.open = open}.says_of(ours) == "only all can tell");
    CHECK(Evidence{.open = open, .replay = ten, .from = 1}.says_of(ours) == "executed");
    CHECK(Evidence{.open = open, .replay = {another(12)}, .from = 1, .kept_from = 12}.says_of(ours) == "executed");
    // Had it been placed since, what is kept would show it.
    CHECK(Evidence{.open = open, .replay = {another(10)}, .from = 1, .kept_from = 10}.says_of(ours) == "unknown");
    // It may have been placed by what is missing without a word.
    ten.erase(ten.begin() + 4);
    CHECK(Evidence{.open = open, .replay = ten, .from = 1}.says_of(ours) == "unknown");
    CHECK(Evidence{.open = open, .replay = ten, .from = 1, .minted = true}.says_of(ours) == "executed");
}

TEST_CASE("an order that was last heard of twelve hours before ours was sent is another one") {
    const auto half_a_day = 12 * 3'600'000LL;
    const auto placed = [&](std::int64_t ms) {
        return std::vector{at(ms, accepted(1, ours)), at(ms, filled(2, ours))};
    };
    Evidence evidence{.from = 1, .session = without_start()};
    evidence.replay = placed(sent_at.ms - half_a_day - 1);
    CHECK(evidence.says_of(ours) == "not executed");
    evidence.settled = false;
    CHECK(evidence.says_of(ours) == "unknown");
    evidence.replay = placed(sent_at.ms - half_a_day);
    CHECK(evidence.says_of(ours) == "executed");
    // One that is still open is not of another day.
    evidence.replay = placed(sent_at.ms - half_a_day - 1);
    evidence.replay.pop_back();
    evidence.open = {state(ours)};
    CHECK(evidence.says_of(ours) == "executed");
}

TEST_CASE("what another run of the exchange numbered below ours was not there before") {
    auto session = facts();
    session.seen = 12;
    CHECK(Evidence{.replay = {accepted(2, ours)}, .from = 1, .issued = 2, .session = session}.says_of(ours) ==
          "unknown");
    CHECK(Evidence{.replay = {accepted(1, ours), cancelled(2, ours)}, .from = 1, .session = session}.says_of(
              a_cancel) == "unknown");
}

// ---- values that are not known

TEST_CASE("of an event that is not known the order's status decides") {
    CHECK(Evidence{.replay = {worded(11, "triggered", "open")}, .minted = true}.says_of(ours) == "executed");
    CHECK(Evidence{.replay = {worded(11, "vetoed", "rejected")}, .minted = true}.says_of(ours) == "refused: rejected");
    CHECK(Evidence{.replay = {worded(11, "purged", "cancelled")}}.says_of(a_cancel) == "executed");
    CHECK(Evidence{.replay = {worded(11, "purged", "expired")}}.says_of(a_cancel) == "refused: unknown_order");
    CHECK(Evidence{.replay = {worded(11, "moved", "open", at_101)}}.says_of(an_amend) == "executed");
}

TEST_CASE("of a status that is not known the event decides") {
    CHECK(Evidence{.replay = {worded(11, "accepted", "parked")}}.says_of(ours) == "executed");
    CHECK(Evidence{.replay = {worded(11, "rejected", "vetoed")}}.says_of(ours) == "refused: rejected");
    CHECK(Evidence{.replay = {worded(11, "cancelled", "gone")}}.says_of(a_cancel) == "executed");
    CHECK(Evidence{.replay = {worded(11, "expired", "gone")}}.says_of(a_cancel) == "refused: unknown_order");
    // Of one that is open it says no more than that it was placed.
    auto odd = state(ours);
    odd.status = Open<OrderStatus>::of_name("parked");
    CHECK(Evidence{.open = {odd}, .minted = true}.says_of(ours) == "executed");
}

TEST_CASE("an execution of which neither is known shows only that the order is known") {
    const std::vector odd{worded(11, "moved", "parked", at_101)};
    CHECK(Evidence{.replay = {worded(11, "moved", "parked")}}.says_of(ours) == "unknown");
    CHECK(Evidence{.replay = {worded(11, "moved", "parked")}, .minted = true}.says_of(ours) == "unknown");
    CHECK(Evidence{.replay = odd}.says_of(a_cancel) == "only all can tell");
    CHECK(Evidence{.replay = odd}.says_of(an_amend) == "only all can tell");
}

// ---- what a session has seen, and answers

TEST_CASE("a session remembers the greatest sequence that it saw, and that execution") {
    auto session = facts();
    session.on(another(14));
    session.on(another(13));
    session.on(of_wallet("0x2", another(99)));
    CHECK(session.seen == 14);
    CHECK(session.event == ExecutionMark::of(another(14)));
}

TEST_CASE("a replay begins with the first that may be the command's own, or with one that is to be found again") {
    CHECK(replay_from(facts()) == 11);
    CHECK(replay_from(without_start()) == 1);
    CHECK(replay_from(that_saw(another(14))) == 11);
    CHECK(replay_from(that_saw(another(9))) == 9);
}

TEST_CASE("an answer that contradicts its command is none") {
    auto answer = accepted(ours);
    CHECK(answers(ours, answer));
    answer.filled_size = 2_d;
    CHECK(answers(ours, answer));
    answer.filled_size = 3_d;
    CHECK_FALSE(answers(ours, answer));
    CHECK_FALSE(answers(ours, accepted(buy("c-2"))));
    answer = accepted(ours);
    answer.client_order_id.reset(); // what is missing contradicts nothing
    CHECK(answers(ours, answer));

    const gw::Cancel by_order_id{.order_id = OrderId{"o-c-1"}};
    CHECK(answers(a_cancel, gw::CancelAccepted{.order_id = OrderId{"o-7"}}));
    CHECK_FALSE(answers(a_cancel, gw::CancelAccepted{.client_order_id = ClientOrderId{"c-2"}}));
    CHECK_FALSE(answers(by_order_id, gw::CancelAccepted{.order_id = OrderId{"o-7"}}));
    CHECK_FALSE(answers(an_amend, gw::AmendAccepted{.client_order_id = ClientOrderId{"c-2"}}));
}

} // namespace omen::evidence_test
