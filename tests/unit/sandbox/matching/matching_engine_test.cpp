#include "sandbox/matching/matching_engine.hpp"
#include "support/catch.hpp"

namespace omen::matching_engine_test {

using namespace omen::literals;
using namespace omen::sandbox;

namespace {

constexpr Owner alice = 1;
constexpr Owner bob = 2;

/// An engine with orders numbered in the order in which they come.
struct Book : MatchingEngine {
    OrderKey last = 0;

    OrderKey rest(Owner owner, Side side, Decimal price, Decimal size) {
        place({.key = ++last, .owner = owner, .side = side, .price = price, .size = size});
        return last;
    }
    Placement take(Owner owner, Side side, std::optional<Decimal> price, Decimal size,
                   TimeInForce time_in_force = TimeInForce::gtc) {
        return place({.key = ++last,
                      .owner = owner,
                      .side = side,
                      .price = price,
                      .size = size,
                      .time_in_force = time_in_force});
    }
    /// Plans, and carries out what is not refused.
    std::optional<Plan> amend(OrderKey key, Decimal price, Decimal remaining, bool post_only) {
        auto plan = plan_amendment(key, price, remaining, post_only);
        if (plan && !plan->placement.refusal) carry_out(*plan);
        return plan;
    }
    Placement recorded_trade(Side taker, Decimal price, Decimal size) {
        const auto plan = plan_recorded_trade(taker, {price, size});
        carry_out(plan);
        return plan.placement;
    }
};

using Levels = std::vector<Level>;

} // namespace

TEST_CASE("an order that meets nothing rests") {
    Book book;
    const auto placed = book.take(alice, Side::buy, 100_d, 3_d);
    CHECK(placed.resting == 3_d);
    CHECK(placed.filled == 0_d);
    CHECK(book.bids().top() == Levels{{100_d, 3_d}});
}

TEST_CASE("a taker trades at the maker's price, best price first") {
    Book book;
    const auto dear = book.rest(alice, Side::sell, 101_d, 1_d);
    const auto cheap = book.rest(alice, Side::sell, 100_d, 1_d);
    const auto fills = book.take(bob, Side::buy, 102_d, 2_d).fills;
    REQUIRE(fills.size() == 2);
    CHECK((fills[0].maker == cheap && fills[0].price == 100_d));
    CHECK((fills[1].maker == dear && fills[1].price == 101_d));
    CHECK((fills[0].taker_side == Side::buy && fills[0].taker_owner == bob && fills[0].maker_owner == alice));
}

TEST_CASE("at one price the oldest order trades first") {
    Book book;
    const auto first = book.rest(alice, Side::sell, 100_d, 1_d);
    const auto second = book.rest(alice, Side::sell, 100_d, 1_d);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == first);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == second);
}

TEST_CASE("a limit order stops at its price and rests there") {
    Book book;
    book.rest(alice, Side::buy, 99_d, 1_d);
    book.rest(alice, Side::buy, 98_d, 1_d);
    const auto placed = book.take(bob, Side::sell, 99_d, 3_d);
    CHECK(placed.filled == 1_d);
    CHECK(placed.resting == 2_d);
    CHECK(book.asks().top() == Levels{{99_d, 2_d}});
    CHECK(book.bids().top() == Levels{{98_d, 1_d}});
}

TEST_CASE("a partly filled maker keeps its place") {
    Book book;
    const auto first = book.rest(alice, Side::sell, 100_d, 5_d);
    book.rest(alice, Side::sell, 100_d, 5_d);
    book.take(bob, Side::buy, 100_d, 2_d);
    CHECK(book.find(first)->remaining == 3_d);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == first);
}

TEST_CASE("an ioc order never rests") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    const auto placed = book.take(bob, Side::buy, 100_d, 3_d, TimeInForce::ioc);
    CHECK(placed.filled == 1_d);
    CHECK(placed.resting == 0_d);
    CHECK(book.bids().empty());
}

TEST_CASE("a market order takes every price and never rests") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.rest(alice, Side::sell, 900_d, 1_d);
    const auto placed = book.take(bob, Side::buy, std::nullopt, 3_d, TimeInForce::ioc);
    CHECK(placed.filled == 2_d);
    CHECK(book.bids().empty());
    CHECK(book.asks().empty());
}

TEST_CASE("an ioc or market order that would fill nothing is refused") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    CHECK(book.take(bob, Side::buy, 99_d, 1_d, TimeInForce::ioc).refusal == Refusal::not_filled);
    CHECK(book.take(bob, Side::sell, std::nullopt, 1_d, TimeInForce::ioc).refusal == Refusal::not_filled);
}

TEST_CASE("a fok order fills whole") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.rest(alice, Side::sell, 101_d, 1_d);
    CHECK(book.take(bob, Side::buy, 101_d, 2_d, TimeInForce::fok).filled == 2_d);
}

TEST_CASE("a fok order that can't fill whole changes nothing") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.rest(alice, Side::sell, 102_d, 1_d);
    CHECK(book.take(bob, Side::buy, 101_d, 2_d, TimeInForce::fok).refusal == Refusal::would_not_fill);
    CHECK(book.asks().top() == Levels{{100_d, 1_d}, {102_d, 1_d}});
}

TEST_CASE("fok counts only what others offer") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.rest(bob, Side::sell, 100_d, 1_d);
    CHECK(book.take(bob, Side::buy, 100_d, 2_d, TimeInForce::fok).refusal == Refusal::would_not_fill);
    CHECK(book.asks().top() == Levels{{100_d, 2_d}});
}

TEST_CASE("a post-only order that would trade is refused, one beside the best price rests") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    const NewOrder order{.key = 9, .owner = bob, .side = Side::buy, .price = 100_d, .size = 1_d, .post_only = true};
    CHECK(book.place(order).refusal == Refusal::would_cross);
    auto below = order;
    below.price = 99_d;
    CHECK(book.place(below).resting == 1_d);
}

TEST_CASE("a post-only order crosses its owner's own order too") {
    Book book;
    book.rest(bob, Side::sell, 100_d, 1_d);
    const auto placed =
        book.place({.key = 9, .owner = bob, .side = Side::buy, .price = 100_d, .size = 1_d, .post_only = true});
    CHECK(placed.refusal == Refusal::would_cross);
    CHECK(book.asks().top() == Levels{{100_d, 1_d}});
}

TEST_CASE("self-trade prevention cancels the resting order and goes on") {
    Book book;
    const auto own = book.rest(bob, Side::sell, 100_d, 1_d);
    const auto other = book.rest(alice, Side::sell, 100_d, 1_d);
    const auto placed = book.take(bob, Side::buy, 100_d, 1_d);
    CHECK(placed.self_trades == std::vector{own});
    REQUIRE(placed.fills.size() == 1);
    CHECK(placed.fills[0].maker == other);
    CHECK_FALSE(book.find(own));
}

TEST_CASE("self-trade prevention leaves own orders that are not reached") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    const auto own = book.rest(bob, Side::sell, 100_d, 1_d);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).self_trades.empty());
    CHECK(book.find(own));
}

TEST_CASE("an ioc order that meets only its owner's own orders is refused and cancels none") {
    Book book;
    const auto own = book.rest(bob, Side::sell, 100_d, 1_d);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d, TimeInForce::ioc).refusal == Refusal::not_filled);
    CHECK(book.find(own));
}

TEST_CASE("a cancelled order is returned as it was and trades no more") {
    Book book;
    const auto key = book.rest(alice, Side::buy, 100_d, 3_d);
    book.take(bob, Side::sell, 100_d, 1_d);
    const auto cancelled = book.cancel(key);
    REQUIRE(cancelled);
    CHECK((cancelled->remaining == 2_d && cancelled->price == 100_d && cancelled->side == Side::buy));
    CHECK(book.bids().empty());
    CHECK_FALSE(book.cancel(key));
}

TEST_CASE("an amend to less at the same price keeps priority") {
    Book book;
    const auto first = book.rest(alice, Side::sell, 100_d, 5_d);
    book.rest(alice, Side::sell, 100_d, 5_d);
    CHECK(book.amend(first, 100_d, 2_d, false)->kept_priority);
    CHECK(book.asks().top() == Levels{{100_d, 7_d}});
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == first);
}

TEST_CASE("an amend to more goes to the back") {
    Book book;
    const auto first = book.rest(alice, Side::sell, 100_d, 1_d);
    const auto second = book.rest(alice, Side::sell, 100_d, 1_d);
    CHECK_FALSE(book.amend(first, 100_d, 2_d, false)->kept_priority);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == second);
}

TEST_CASE("an amend to another price goes to the back and may trade") {
    Book book;
    book.rest(alice, Side::sell, 101_d, 1_d);
    const auto key = book.rest(bob, Side::buy, 99_d, 3_d);
    const auto amendment = book.amend(key, 101_d, 3_d, false);
    CHECK(amendment->placement.filled == 1_d);
    CHECK(amendment->placement.resting == 2_d);
    CHECK(book.bids().top() == Levels{{101_d, 2_d}});
}

TEST_CASE("an amend of a post-only order that would trade leaves it as it was") {
    Book book;
    book.rest(alice, Side::sell, 101_d, 1_d);
    const auto key = book.rest(bob, Side::buy, 99_d, 3_d);
    CHECK(book.amend(key, 101_d, 3_d, true)->placement.refusal == Refusal::would_cross);
    CHECK(book.find(key)->price == 99_d);
}

TEST_CASE("an order that rests no longer can't be amended") {
    Book book;
    const auto key = book.rest(alice, Side::buy, 100_d, 1_d);
    book.take(bob, Side::sell, 100_d, 1_d);
    CHECK_FALSE(book.amend(key, 100_d, 1_d, false));
}

TEST_CASE("users take the house's liquidity, and the level shows what is left") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    const auto placed = book.take(alice, Side::buy, 100_d, 2_d);
    CHECK(placed.fills[0].maker_owner == house);
    CHECK(book.house_level(Side::sell, 100_d) == 3_d);
    CHECK(book.asks().top() == Levels{{100_d, 3_d}});
}

TEST_CASE("a house level set again is set in full") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    book.take(alice, Side::buy, 100_d, 2_d);
    book.set_house_level(Side::sell, {100_d, 4_d});
    CHECK(book.house_level(Side::sell, 100_d) == 4_d);
}

TEST_CASE("what a house level grows by joins behind the users who wait there, what it shrinks by goes from the back") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    const auto key = book.rest(alice, Side::sell, 100_d, 1_d);
    book.set_house_level(Side::sell, {100_d, 0.5_d});
    book.set_house_level(Side::sell, {100_d, 5_d});
    CHECK(book.asks().top() == Levels{{100_d, 6_d}});
    const auto fills = book.take(bob, Side::buy, 100_d, 2_d).fills;
    REQUIRE(fills.size() == 3);
    CHECK((fills[0].maker_owner == house && fills[0].size == 0.5_d));
    CHECK((fills[1].maker == key && fills[1].size == 1_d));
    CHECK((fills[2].maker_owner == house && fills[2].size == 0.5_d));
    CHECK(book.house_level(Side::sell, 100_d) == 4_d);
    CHECK(book.faults().empty());
}

TEST_CASE("a house level that shrinks keeps what stands ahead of users as long as it can") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.set_house_level(Side::sell, {100_d, 8_d});
    book.set_house_level(Side::sell, {100_d, 6_d});
    CHECK(book.take(bob, Side::buy, 100_d, 5_d).fills.size() == 1);
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker_owner == alice);
    CHECK(book.house_level(Side::sell, 100_d) == 1_d);
}

// ---- recorded trades

TEST_CASE("a recorded trade lets users pass what stood ahead of them, and changes nothing that is shown") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    const auto key = book.rest(alice, Side::sell, 100_d, 2_d);
    book.take_changes();
    CHECK(book.recorded_trade(Side::buy, 100_d, 4_d).fills.empty());
    CHECK(book.take_changes().empty());
    book.set_house_level(Side::sell, {100_d, 1_d}); // the delta that comes of it
    const auto fills = book.take(bob, Side::buy, 100_d, 2_d).fills;
    REQUIRE(fills.size() == 2);
    CHECK((fills[0].maker_owner == house && fills[0].size == 1_d && fills[1].maker == key));
}

TEST_CASE("a recorded trade fills a user in its turn, and never more than its size") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 1_d});
    const auto key = book.rest(alice, Side::sell, 100_d, 900_d);
    const auto placed = book.recorded_trade(Side::buy, 100_d, 3_d);
    REQUIRE(placed.fills.size() == 1);
    CHECK((placed.fills[0].maker == key && placed.fills[0].size == 2_d && placed.fills[0].taker_owner == house));
    CHECK(book.find(key)->remaining == 898_d);
    CHECK(book.asks().top() == Levels{{100_d, 899_d}});
    CHECK(book.faults().empty());
}

TEST_CASE("a recorded trade beyond a user's price fills the user first") {
    Book book;
    book.set_house_level(Side::sell, {100_d, 5_d});
    const auto better = book.rest(alice, Side::sell, 99_d, 1_d);
    const auto worse = book.rest(alice, Side::sell, 101_d, 1_d);
    const auto fills = book.recorded_trade(Side::buy, 100_d, 3_d).fills;
    REQUIRE(fills.size() == 1);
    CHECK((fills[0].maker == better && fills[0].price == 99_d));
    CHECK(book.find(worse));
}

TEST_CASE("a new house level enters behind the users who wait there") {
    Book book;
    const auto key = book.rest(alice, Side::sell, 100_d, 1_d);
    book.set_house_level(Side::sell, {100_d, 5_d});
    CHECK(book.take(bob, Side::buy, 100_d, 1_d).fills[0].maker == key);
}

TEST_CASE("a house level of 0 goes, and users' orders at its price stay") {
    Book book;
    book.set_house_level(Side::buy, {100_d, 5_d});
    book.rest(alice, Side::buy, 100_d, 1_d);
    book.set_house_level(Side::buy, {100_d, 0_d});
    CHECK(book.bids().top() == Levels{{100_d, 1_d}});
    CHECK(book.house_level(Side::buy, 100_d) == 0_d);
}

TEST_CASE("the house may trade with itself") {
    Book book;
    book.set_house_level(Side::buy, {100_d, 5_d});
    const auto placed = book.place({.side = Side::sell, .size = 2_d, .time_in_force = TimeInForce::ioc});
    CHECK(placed.filled == 2_d);
    CHECK(placed.fills[0].maker_owner == house);
    CHECK(book.bids().top() == Levels{{100_d, 3_d}});
}

TEST_CASE("a house level that crosses users' orders fills them first, each at its price, and shows what they leave") {
    Book book;
    const auto near = book.rest(alice, Side::buy, 100_d, 7_d);
    const auto far = book.rest(bob, Side::buy, 99_d, 1_d);
    book.rest(bob, Side::buy, 98_d, 1_d);
    const auto fills = book.set_house_level(Side::sell, {99_d, 9_d}).fills;
    REQUIRE(fills.size() == 2);
    CHECK((fills[0].maker == near && fills[0].price == 100_d && fills[0].size == 7_d));
    CHECK((fills[1].maker == far && fills[1].price == 99_d));
    CHECK((fills[0].taker_owner == house && fills[0].taker_side == Side::sell));
    CHECK(book.bids().top() == Levels{{98_d, 1_d}});
    CHECK(book.asks().top() == Levels{{99_d, 1_d}});
}

TEST_CASE("a touch fills no more than its own size") {
    Book book;
    const auto key = book.rest(alice, Side::buy, 100_d, 900_d);
    CHECK(book.set_house_level(Side::sell, {100_d, 0.001_d}).filled == 0.001_d);
    CHECK(book.find(key)->remaining == 899.999_d);
    CHECK(book.asks().empty());
}

// ---- amounts at the ends of the range

TEST_CASE("a plan whose level would leave the range is an error, and has changed nothing") {
    Book book;
    const auto huge = Decimal::parse("90000000000000000000");
    book.set_house_level(Side::buy, {100_d, huge});
    CHECK_THROWS_AS(book.place({.key = 1, .owner = alice, .side = Side::buy, .price = 100_d, .size = huge}),
                    DecimalError);
    book.rest(alice, Side::sell, 101_d, huge);
    CHECK_THROWS_AS(book.set_house_level(Side::sell, {101_d, huge}), DecimalError);
    CHECK(book.size() == 1);
    CHECK(book.bids().top() == Levels{{100_d, huge}});
    CHECK(book.asks().top() == Levels{{101_d, huge}});
    CHECK(book.faults().empty());
}

TEST_CASE("what rests at several levels may be more than the range, and is matched all the same") {
    Book book;
    const auto huge = Decimal::parse("90000000000000000000");
    for (const auto price : {100_d, 101_d, 102_d}) book.set_house_level(Side::sell, {price, huge});
    CHECK(book.take(alice, Side::buy, 102_d, huge + 1_d, TimeInForce::fok).fills.size() == 2);
}

TEST_CASE("changes name each changed level once, with its total, and only once") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.rest(alice, Side::sell, 100_d, 2_d);
    book.rest(alice, Side::buy, 98_d, 1_d);
    book.rest(alice, Side::buy, 99_d, 1_d);
    const auto changes = book.take_changes();
    CHECK(changes.asks == Levels{{100_d, 3_d}});
    CHECK(changes.bids == Levels{{99_d, 1_d}, {98_d, 1_d}});
    CHECK(book.take_changes().empty());
}

TEST_CASE("a level that is gone changes to 0") {
    Book book;
    const auto key = book.rest(alice, Side::sell, 100_d, 1_d);
    book.take_changes();
    book.cancel(key);
    CHECK(book.take_changes().asks == Levels{{100_d, 0_d}});
}

TEST_CASE("a level that is back at its former total has not changed") {
    Book book;
    book.rest(alice, Side::sell, 100_d, 1_d);
    book.take_changes();
    for (int i = 0; i < 100; ++i) book.cancel(book.rest(bob, Side::sell, 100_d, 1_d));
    CHECK(book.take_changes().empty());
}

} // namespace omen::matching_engine_test
