// Answers that are lost, in dialogues: when a command counts as lost, how it is looked up, and what is reported.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <algorithm>

namespace omen::engine_look_up_test {

using namespace omen::literals;
using test::accepted;
using test::amended;
using test::buy;
using test::cancelled;
using test::Dialogue;
using test::greeted;
using test::greeted_early;
using test::state;
using Lines = Dialogue::Lines;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto b = buy("b");
const auto c = buy("c");
const gw::Cancel cancel_a{.client_order_id = ClientOrderId{"a"}};

/// A dialogue in which these were sent, the session then ended, and the first look-up is under way.
Dialogue with_lost(const std::vector<trading::Request>& requests, SessionEnd how = SessionEnd::closed) {
    auto dialogue = greeted(requests);
    dialogue.ends(how);
    dialogue.pass(Milliseconds(0));
    dialogue.did();
    return dialogue;
}

bool has_line(const Lines& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

} // namespace

// ---- when a command is lost

TEST_CASE("what had no byte handed over when the connection broke was not sent, the rest is looked up") {
    const std::vector<trading::Request> requests{a, b, c};
    const std::size_t greeting = 3;
    for (std::size_t sent = 0; sent <= 3; ++sent) {
        Dialogue dialogue;
        dialogue.breaks_after(sent == 0 ? 0 : greeting + sent);
        dialogue.submit_all(requests);
        dialogue.opens();
        INFO(sent);
        for (std::size_t line = 1; line <= 3; ++line) {
            if (line <= sent) {
                CHECK(dialogue.exit(line) == std::nullopt);
                continue;
            }
            CHECK(dialogue.exit(line) == 10);
            CHECK(dialogue.code(line) == "not_sent");
        }
        dialogue.pass(Milliseconds(0));
        CHECK(dialogue.is_looking_up() == (sent > 0));
    }
}

TEST_CASE("what was sent before stays outstanding where nothing of a later write leaves") {
    auto dialogue = greeted({a});
    dialogue.breaks_after(0);
    dialogue.submit(b);
    CHECK(dialogue.exit(1) == std::nullopt);
    CHECK(dialogue.exit(2) == 10);
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a session that ends loses all that is outstanding, and one look-up is about it all") {
    auto dialogue = greeted({a, b, c});
    dialogue.accepts(a);
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"e1: done", "line 1: 0", "look up from 11"});
    CHECK(dialogue.look_up().wanted.size() == 2);
    dialogue.shows({.executions = {accepted(11, a), accepted(12, b)}});
    CHECK(dialogue.did() == Lines{"e2: done", "line 2: 0"});
    CHECK(dialogue.notes().front().find("order b") != std::string::npos);
}

TEST_CASE("after half its time without a sign of life a session is given up, with all that is outstanding") {
    auto dialogue = greeted_early();
    dialogue.submit_all({a, b});
    dialogue.pass(Milliseconds(4'999));
    CHECK_FALSE(has_line(dialogue.did(), "reset"));
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.did() == Lines{"reset", "look up from 11"});
    dialogue.shows({.executions = {accepted(11, a), accepted(12, b)}});
    CHECK(dialogue.exit(1) == 0);
    CHECK(dialogue.exit(2) == 0);
}

TEST_CASE("where the exchange is silent from the start nothing was learnt, and only new ids can be found") {
    Dialogue dialogue;
    dialogue.submit(a, true);
    dialogue.submit(b);
    dialogue.opens();
    dialogue.pass(Milliseconds(5'000));
    dialogue.did();
    CHECK(dialogue.look_up().from == 1);
    dialogue.has_on_record({.executions = {accepted(11, a), accepted(12, b)}});
    dialogue.shows({.executions = {accepted(11, a), accepted(12, b)}});
    CHECK(dialogue.exit(1) == 0);
    dialogue.pass(Milliseconds(5'000));
    CHECK(dialogue.exit(2) == 9);
}

TEST_CASE("a session that shows life is kept, and only what has no answer is looked up") {
    auto dialogue = greeted({a, b});
    dialogue.accepts(b);
    dialogue.did();
    dialogue.pass(Milliseconds(5'000));
    CHECK(dialogue.did() == Lines{"look up from 11"});
    dialogue.submit(c);
    CHECK(dialogue.did() == Lines{"write intents: order c", "send: order c"});
}

TEST_CASE("an answer that can't be read is missing like any other, and a sign of life") {
    auto dialogue = greeted_early();
    dialogue.submit(a);
    dialogue.feed(event::Unreadable{"no map"});
    dialogue.did();
    dialogue.pass(Milliseconds(5'000));
    CHECK(dialogue.did() == Lines{"look up from 11"});
}

TEST_CASE("half of a shorter timeout is waited for") {
    auto dialogue = greeted({a}, {.timeout = Milliseconds(2'000)});
    dialogue.pass(Milliseconds(999));
    CHECK(dialogue.did().empty());
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.did() == Lines{"look up from 11"});
}

TEST_CASE("an answer that comes during the look-up is the answer") {
    auto dialogue = greeted({a});
    dialogue.pass(Milliseconds(5'000));
    REQUIRE(dialogue.is_looking_up());
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
    dialogue.pass(Milliseconds(1'000));
    CHECK(dialogue.engine().is_idle());

    auto refused = greeted({a});
    refused.pass(Milliseconds(5'000));
    refused.answers("order a", gw::OrderRejected{.code = "would_cross", .message = "no"});
    CHECK(refused.exit(1) == 5);
}

TEST_CASE("what a look-up found while the session lives is not reported a second time when its answer comes") {
    auto dialogue = greeted({a});
    dialogue.pass(Milliseconds(5'000));
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);
    dialogue.accepts(a);
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("absence proves nothing while the session lives") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({});
    dialogue.pass(Milliseconds(9'999));
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.exit(1) == 9);
}

// ---- looking up

TEST_CASE("closed: absent in a look-up that began two seconds later, it was not executed") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({});
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(1'999));
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.exit(1) == 10);
    CHECK(dialogue.code(1) == "not_executed");
    CHECK(has_line(dialogue.did(), "e1: not_executed"));
}

TEST_CASE("closed: what comes late is found all the same") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({});
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(1'500));
    dialogue.has_on_record({.executions = {accepted(11, a)}});
    dialogue.pass(Milliseconds(500));
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("broken: what is absent may still come, until its deadline") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({});
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(9'999));
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.exit(1) == 9);
    CHECK(has_line(dialogue.did(), "e1: unknown"));
    CHECK(dialogue.why(1).find("order a: outcome unknown") == 0);
}

TEST_CASE("a look-up that fails is repeated, and its trouble told where none succeeds") {
    auto dialogue = with_lost({a});
    for (int failures = 0; failures < 3; ++failures) {
        dialogue.shows_nothing();
        CHECK_FALSE(dialogue.is_looking_up());
        dialogue.pass(Milliseconds(1'000));
        REQUIRE(dialogue.is_looking_up());
    }
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);

    auto in_vain = with_lost({a});
    in_vain.shows_nothing();
    in_vain.pass(Milliseconds(10'000));
    CHECK(in_vain.exit(1) == 9);
    CHECK(in_vain.why(1).find("no look-up") != std::string::npos);
}

TEST_CASE("a look-up that is never answered leaves time for a last one") {
    auto dialogue = with_lost({a}, SessionEnd::broken);
    dialogue.pass(Milliseconds(5'000));
    dialogue.shows_nothing();
    dialogue.pass(Milliseconds(1'000));
    REQUIRE(dialogue.is_looking_up());
    const auto deadline = Clock::time_point{} + std::chrono::hours(1) + std::chrono::seconds(10);
    const auto by = dialogue.look_up().by;
    CHECK(by < deadline);
    dialogue.pass_until(by);
    dialogue.shows_nothing();
    dialogue.pass(Milliseconds(0));
    REQUIRE(dialogue.is_looking_up());
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("towards the end a look-up that fails at once is repeated sooner") {
    auto dialogue = with_lost({a}, SessionEnd::broken);
    const auto deadline = Clock::time_point{} + std::chrono::hours(1) + std::chrono::seconds(10);
    for (std::size_t look_ups = 0; dialogue.is_looking_up(); ++look_ups) {
        REQUIRE(look_ups < 30);
        dialogue.shows_nothing();
        const auto next = dialogue.engine().wakes_at();
        CHECK(next <= deadline);
        dialogue.pass_until(next);
    }
    CHECK(dialogue.exit(1) == 9);
}

TEST_CASE("a look-up that may take longer than a signal leaves time for is begun anew before that is over") {
    auto dialogue = with_lost({a}, SessionEnd::broken);
    dialogue.feed(event::Signal{2});
    const auto grace_ends = Clock::time_point{} + std::chrono::hours(1) + trading::Engine::grace;
    CHECK(dialogue.look_up().by > grace_ends);
    dialogue.pass(trading::Engine::grace - Milliseconds(1));
    REQUIRE(dialogue.is_looking_up());
    CHECK(dialogue.did() == Lines{"look up from 1"}); // there is no time to ask for more
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a look-up whose token is refused asks for a new one, once") {
    auto dialogue = with_lost({a});
    CHECK_FALSE(dialogue.look_up().renew_token);
    dialogue.shows_nothing(Fault::credentials);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.look_up().renew_token);
    auto refused = dialogue;
    refused.shows_nothing(Fault::credentials);
    CHECK(refused.exit(1) == 9);
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a record with a hole is read again until it is whole") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({.executions = {accepted(11, b), accepted(12, a), accepted(13, c)}, .missing = {12}});
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(5'000));
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.has_on_record({.executions = {accepted(11, b), accepted(12, a), accepted(13, c)}});
    dialogue.pass(Milliseconds(2'000));
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a record that lacks what an earlier look-up saw is of another run, and proves no absence") {
    auto dialogue = greeted({a, b});
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.executions = {accepted(11, a), accepted(12, c)}});
    CHECK(dialogue.exit(1) == 0);
    dialogue.has_on_record({.before = 11}); // less than there was
    dialogue.pass(Milliseconds(10'000));
    CHECK(dialogue.exit(2) == 9);
}

TEST_CASE("what was seen before a command's session began says nothing of the record that it is in") {
    auto dialogue = greeted({a, b});
    dialogue.ends(SessionEnd::broken);
    dialogue.has_on_record({.executions = {accepted(11, a), accepted(12, b), cancelled(13, b)}});
    dialogue.pass(Milliseconds(1));
    dialogue.submit(c);
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(2); // the exchange began anew
    dialogue.ends(SessionEnd::closed);
    dialogue.has_on_record({.executions = {accepted(3, c)}, .before = 2});
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.exit(3) == 0);
}

TEST_CASE("what the session sees while a look-up runs is not missing in what that reads") {
    auto dialogue = greeted({a});
    dialogue.says(test::another(11));
    dialogue.answers("order a", gw::CancelAccepted{}); // says nothing of the order; the session lives
    dialogue.pass(Milliseconds(0));
    REQUIRE(dialogue.is_looking_up());
    dialogue.says(test::another(13));
    dialogue.shows({.executions = {test::another(11), accepted(12, a)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a later session that has seen more shows that the exchange began anew") {
    auto dialogue = greeted({a});
    dialogue.has_on_record({});
    dialogue.ends(SessionEnd::closed);
    dialogue.submit(b);
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(12);
    dialogue.has_on_record({.before = 11});
    dialogue.pass(Milliseconds(10'000));
    CHECK(dialogue.exit(1) == 9);
}

TEST_CASE("what can't be read to its end in time is read from the command's own time again") {
    auto dialogue = with_lost({a}, SessionEnd::broken);
    dialogue.shows({});
    dialogue.pass(Milliseconds(0));
    REQUIRE(dialogue.look_up().from == 1);
    auto whole = dialogue;
    dialogue.pass_until(dialogue.look_up().by);
    dialogue.shows({.missing = {9}});
    dialogue.pass(Milliseconds(2'000));
    CHECK(dialogue.look_up().from == 11);
    whole.shows({});
    whole.pass(Milliseconds(2'000));
    CHECK(whole.look_up().from == 1);
}

TEST_CASE("an id that may have been used before is looked for in all that is kept") {
    auto dialogue = with_lost({a});
    dialogue.shows({.open = {state(a)}, .before = 10});
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.look_up().from == 1);
    auto earlier = dialogue;
    dialogue.shows({.open = {state(a)}});
    CHECK(dialogue.exit(1) == 0);
    earlier.shows({.open = {state(a)}, .executions = {accepted(4, a)}});
    CHECK(earlier.exit(1) == 5);
    CHECK(earlier.code(1) == "duplicate_client_order_id");
}

TEST_CASE("a new id of ours is found among the open orders without a replay") {
    Dialogue dialogue;
    dialogue.submit(a, true);
    dialogue.opens();
    dialogue.greets();
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(0));
    Reading open({}, {.account = "default", .wallet = "0x1"}, dialogue.look_up().wanted);
    CHECK_FALSE(dialogue.look_up().is_enough(open));
    open.on(gw::Orders{.wallet = "0x1", .orders = {state(a)}});
    CHECK(dialogue.look_up().is_enough(open));
}

TEST_CASE("cancels, amends and cancel all are looked up like orders") {
    const gw::Amend amend_b{.client_order_id = ClientOrderId{"b"}, .price = 101_d};
    const auto b_at_101 = buy("b", 2_d, 101_d);
    auto dialogue = greeted({cancel_a, amend_b, gw::CancelAll{.market_id = MarketId(7)}});
    dialogue.has_on_record({.open = {state(b_at_101)}, .executions = {cancelled(11, a), amended(12, b_at_101)}});
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.exit(1) == 0);
    CHECK(dialogue.exit(2) == 0);
    const auto& answer = std::get<gw::AmendAccepted>(std::get<trading::Reply>(dialogue.result(2).outcome));
    CHECK(answer.price == 101_d);
    CHECK(dialogue.exit(3) == std::nullopt); // it may be on its way for two seconds
    dialogue.pass(Milliseconds(2'000));
    CHECK(dialogue.exit(3) == 0);
}

TEST_CASE("an amend that repeats an earlier one is not done by that one") {
    const gw::Amend to_101{.client_order_id = ClientOrderId{"a"}, .price = 101_d};
    const auto at_101 = buy("a", 2_d, 101_d);
    auto dialogue = greeted({to_101});
    dialogue.answers("amend a", gw::AmendAccepted{.order_id = OrderId{"o-a"},
                                                  .client_order_id = ClientOrderId{"a"},
                                                  .price = 101_d,
                                                  .size = 2_d,
                                                  .remaining_size = 2_d,
                                                  .kept_priority = {}});
    REQUIRE(dialogue.exit(1) == 0);
    const gw::Amend again{.order_id = OrderId{"o-a"}, .price = 101_d};
    dialogue.submit(again);
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(0));
    auto twice = dialogue;
    dialogue.has_on_record({.open = {state(at_101)}, .executions = {amended(11, at_101)}});
    dialogue.shows({.open = {state(at_101)}, .executions = {amended(11, at_101)}});
    dialogue.pass(Milliseconds(10'000));
    CHECK(dialogue.exit(2) == 9);
    twice.shows({.open = {state(at_101)}, .executions = {amended(11, at_101), amended(12, at_101)}});
    CHECK(twice.exit(2) == 0);
}

TEST_CASE("a cancel of an order that is itself unresolved is unknown until the order is not") {
    auto dialogue = with_lost({a, cancel_a});
    dialogue.shows({});
    CHECK(dialogue.exit(1) == std::nullopt);
    CHECK(dialogue.exit(2) == std::nullopt);
    dialogue.has_on_record({.executions = {accepted(11, a), cancelled(12, a)}});
    dialogue.pass(Milliseconds(1'000));
    CHECK(dialogue.exit(1) == 0);
    CHECK(dialogue.exit(2) == 0);

    auto unresolved = greeted({a, cancel_a});
    unresolved.has_on_record({});
    unresolved.ends(SessionEnd::broken);
    unresolved.pass(Milliseconds(10'000));
    CHECK(unresolved.exit(1) == 9);
    CHECK(unresolved.exit(2) == 9);
}

} // namespace omen::engine_look_up_test
