// The trading engine in dialogues: orders whose client order ids were given before.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_earlier_test {

using namespace omen::literals;
using test::buy;
using test::Dialogue;
using test::greeted_early;
using test::greeting;
using test::OnRecord;
using Lines = Dialogue::Lines;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto larger = buy("a", Decimal::whole(3));
const Holder us{.account = "default", .wallet = "0x1"};

/// An order that another command has placed, in a session that began after execution 10.
EarlierOrder earlier(const gw::Order& order = a) {
    return {.order = order,
            .sent_at = {1'799'999'000'000},
            .facts = {.holder = us, .start = 10, .seen = 10},
            .entry = "x1"};
}
EarlierOrder done(const gw::Order& order = a) {
    auto one = earlier(order);
    one.done = {.outcome = outcome::done, .order_id = OrderId{"o-" + order.client_order_id.value}, .status = "open"};
    return one;
}
/// One that can't be on its way any more.
EarlierOrder settled() {
    auto one = earlier();
    one.facts.end = SessionEnd::closed;
    return one;
}

OnRecord with_a() {
    return {.open = {test::state(a)}, .executions = {test::accepted(11, a)}};
}

/// What the engine does about an order that the journal knows.
Dialogue asked(const gw::Order& order, const EarlierOrders& known, const OnRecord& record,
               trading::Engine::Options options = {}) {
    Dialogue dialogue(options);
    dialogue.submit_again(order, known);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.is_looking_up());
    dialogue.shows(record);
    return dialogue;
}

} // namespace

TEST_CASE("an order that was placed before is looked up, reported, and not sent") {
    auto dialogue = asked(a, {done()}, with_a());
    CHECK(dialogue.did() == Lines{"look up from 11", "line 1: 0"});
    CHECK(dialogue.engine().is_idle());
    CHECK(dialogue.result(1).was_earlier);
    CHECK(dialogue.result(1).order->order_id == OrderId{"o-a"});
    CHECK(std::get<gw::OrderAccepted>(std::get<trading::Reply>(dialogue.result(1).outcome)).status ==
          OrderStatus::open);
    REQUIRE(dialogue.notes().size() == 1);
    CHECK(dialogue.notes()[0].find("placed before") != std::string::npos);
}

TEST_CASE("one of other terms is refused, and not sent") {
    auto dialogue = asked(larger, {done()}, with_a());
    CHECK(dialogue.did() == Lines{"look up from 11", "line 1: 3"});
    CHECK(dialogue.code(1) == "client_order_id_used");
}

TEST_CASE("one that was placed in another run of the exchange is sent") {
    auto dialogue = asked(a, {done()}, OnRecord{});
    CHECK(dialogue.did() == Lines{"look up from 11", "open"});
    dialogue.opens();
    CHECK(dialogue.did() == Lines{"write intents: order a", greeting + ", order a"});
    dialogue.greets();
    dialogue.accepts(a);
    CHECK(dialogue.did() == Lines{"e1: done", "line 1: 0"});
    CHECK_FALSE(dialogue.result(1).was_earlier);
}

TEST_CASE("where the look-up does not tell, an order that was placed before is unknown in the end, one of other terms "
          "refused") {
    for (const auto& [order, exit] : {std::pair{a, 9}, std::pair{larger, 3}}) {
        Dialogue dialogue;
        dialogue.submit_again(order, {done()});
        dialogue.pass(Milliseconds(0));
        dialogue.shows_nothing();
        auto with_hole = with_a();
        with_hole.open.clear();
        with_hole.before = 15;
        with_hole.missing = {13};
        dialogue.has_on_record(with_hole);
        dialogue.pass(Milliseconds(9'000));
        CHECK_FALSE(dialogue.exit(1).has_value());
        dialogue.pass(Milliseconds(1'000));
        CHECK(dialogue.exit(1) == exit);
        CHECK(dialogue.why(1).find("nothing was sent") != std::string::npos);
    }
}

TEST_CASE("an order of which nothing is known is not sent while that is so") {
    Dialogue dialogue;
    dialogue.has_on_record({});
    dialogue.submit_again(a, {earlier()});
    dialogue.pass(Milliseconds(10'000));
    CHECK(dialogue.exit(1) == 9);
    CHECK(dialogue.code(1) == "outcome_unknown");
    CHECK(dialogue.why(1).find("nothing was sent now") != std::string::npos);
    for (const auto& line : dialogue.did()) CHECK_FALSE((line == "open" || line.starts_with("send")));
}

TEST_CASE("an order of which nothing was known is reported where it is found, and the journal learns it") {
    auto dialogue = asked(a, {earlier()}, with_a());
    CHECK(dialogue.did() == Lines{"look up from 11", "x1 of another: done", "line 1: 0"});
    dialogue = asked(larger, {earlier()}, with_a());
    CHECK(dialogue.did() == Lines{"look up from 11", "x1 of another: done", "line 1: 3"});
}

TEST_CASE("an order of which nothing was known is sent where the earlier one was surely not executed") {
    auto dialogue = asked(a, {settled()}, OnRecord{});
    CHECK(dialogue.did() == Lines{"look up from 11", "x1 of another: not_executed", "open"});
    dialogue.opens();
    dialogue.greets();
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("an order from before is followed to its end") {
    auto dialogue = asked(a, {done()}, with_a(), {.follow_for = Milliseconds(5'000)});
    dialogue.pass(Milliseconds(0));
    dialogue.shows(with_a());
    REQUIRE(dialogue.is_opening());
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(11);
    CHECK_FALSE(dialogue.exit(1).has_value());
    dialogue.says(test::filled(12, a));
    CHECK(dialogue.exit(1) == 0);
    CHECK(dialogue.result(1).ended);
    CHECK(dialogue.result(1).order->status == OrderStatus::filled);
}

TEST_CASE("of two orders of one name the second is the first, has other terms, or waits until it is known") {
    auto dialogue = greeted_early();
    dialogue.has_on_record(with_a());
    dialogue.submit_all({a, a, larger});
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
    for (int i = 0; i < 2; ++i) dialogue.feed(event::Time{}); // one look-up each
    CHECK(dialogue.exit(2) == 0);
    CHECK(dialogue.result(2).was_earlier);
    CHECK(dialogue.exit(3) == 3);
}

TEST_CASE("what is seen while an earlier order is looked up does not make that one of another run") {
    auto dialogue = test::greeted({a});
    dialogue.accepts(a, OrderStatus::filled);
    dialogue.submit(a);
    dialogue.pass(Milliseconds(0));
    REQUIRE(dialogue.is_looking_up());
    dialogue.says(test::another(15));
    dialogue.shows({.executions = {test::accepted(11, a), test::filled(12, a)}});
    CHECK(dialogue.exit(2) == 0);
    CHECK(dialogue.result(2).was_earlier);
}

TEST_CASE("where the first of two orders of one name was refused the second is sent") {
    auto dialogue = greeted_early();
    dialogue.submit_all({a, larger});
    dialogue.did();
    dialogue.may_resend();
    dialogue.answers("order a", gw::OrderRejected{.client_order_id = a.client_order_id, .code = "invalid_size"});
    CHECK(dialogue.did() == Lines{"e1: refused", "line 1: 5", "write intents: order a", "send: order a"});
}

TEST_CASE("a command about an order that is being asked about waits for that") {
    auto dialogue = greeted_early();
    dialogue.submit_again(a, {done()});
    dialogue.submit(gw::Cancel{.client_order_id = a.client_order_id});
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 11"});
    dialogue.shows(with_a());
    CHECK(dialogue.did() == Lines{"line 1: 0", "write intents: cancel a", "send: cancel a"});
}

TEST_CASE("without a journal an order of a name that was given before is sent") {
    Dialogue dialogue({.journal = false});
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.accepts(a);
    dialogue.may_resend();
    dialogue.submit(a);
    dialogue.errs("order a", "duplicate_client_order_id");
    CHECK(dialogue.exit(2) == 5);
}

TEST_CASE("a journal that can't be searched: nothing is sent") {
    auto dialogue = greeted_early();
    const Error unreadable(Fault::usage, "journal: unreadable", {.code = "journal_unreadable"});
    dialogue.feed(event::Submitted{.line = 1, .request = a, .not_searched = unreadable});
    CHECK(dialogue.exit(1) == 2);
    dialogue.feed(event::Submitted{.line = 2, .request = buy("b"), .handling = {.minted = true}});
    dialogue.feed(event::Submitted{.line = 3, .request = a, .not_searched = unreadable});
    CHECK(dialogue.exit(3) == 1);
}

TEST_CASE("a signal ends the asking within its grace, and what may be sent then is not") {
    Dialogue dialogue;
    dialogue.submit_again(a, {settled()});
    dialogue.submit_again(buy("b"), {done(buy("b"))});
    dialogue.pass(Milliseconds(0));
    dialogue.feed(event::Signal{SIGINT});
    CHECK_FALSE(dialogue.exit(1).has_value());
    dialogue.shows({.before = 12});
    CHECK(dialogue.exit(1) == 10);
    CHECK(dialogue.exit(2) == 0); // as the journal has it
    Dialogue mute;
    mute.submit_again(a, {earlier()});
    mute.pass(Milliseconds(0));
    mute.feed(event::Signal{SIGINT});
    mute.pass(Milliseconds(3'000));
    CHECK(mute.exit(1) == 9);
}

TEST_CASE("credentials that are refused leave an order from before unknown") {
    Dialogue dialogue;
    dialogue.submit_again(a, {done()});
    dialogue.pass(Milliseconds(0));
    dialogue.shows_nothing(Fault::credentials);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.look_up().renew_token);
    dialogue.shows_nothing(Fault::credentials);
    CHECK(dialogue.exit(1) == 9);
}

} // namespace omen::engine_earlier_test
