// What answers mean to the trading engine, in dialogues: accepted, refused, contradictory, about the whole session.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_answers_test {

using namespace omen::literals;
using test::accepted;
using test::buy;
using test::Dialogue;
using test::dialogue_of;
using test::greeted;
using test::greeted_early;
using Lines = Dialogue::Lines;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto b = buy("b");
const auto c = buy("c");
const gw::Cancel cancel_x{.order_id = OrderId{"x"}};

} // namespace

// ---- answers

TEST_CASE("results come in the order of the answers") {
    auto dialogue = greeted({a, b, c});
    dialogue.accepts(c);
    dialogue.accepts(a);
    dialogue.accepts(b);
    CHECK(dialogue.did() == Lines{"e3: done", "line 3: 0", "e1: done", "line 1: 0", "e2: done", "line 2: 0"});
}

TEST_CASE("an answer that contradicts its command is none: the command is looked up") {
    auto too_much = accepted(a);
    too_much.filled_size = 3_d;
    for (const auto& answer : {accepted(b), too_much}) {
        auto dialogue = greeted({a});
        dialogue.answers("order a", answer);
        CHECK(dialogue.exit(1) == std::nullopt);
        dialogue.pass(Milliseconds(0));
        dialogue.shows({.executions = {accepted(11, a)}});
        CHECK(dialogue.exit(1) == 0);
        CHECK(dialogue.result(1).order->filled_size == 0_d);
    }
    auto other_order = greeted({cancel_x});
    other_order.answers("cancel x", gw::CancelAccepted{.order_id = OrderId{"y"}});
    CHECK(other_order.exit(1) == std::nullopt);
}

TEST_CASE("an order that never rests is looked up where its answer does not say how it ended") {
    auto ioc = a;
    ioc.time_in_force = TimeInForce::ioc;
    auto dialogue = greeted({ioc});
    auto answer = accepted(ioc);
    answer.status.reset();
    dialogue.answers("order a", answer);
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.executions = {accepted(11, ioc), test::filled(12, ioc)}});
    CHECK(dialogue.exit(1) == 0);
    CHECK(dialogue.result(1).order->status == OrderStatus::filled);
    // One that rests was placed, and that is all that was asked for.
    auto resting = greeted({a});
    resting.answers("order a", gw::OrderAccepted{.client_order_id = ClientOrderId{"a"}});
    CHECK(resting.exit(1) == 0);
}

TEST_CASE("a reply to nothing and a message that can't be read are passed over") {
    auto dialogue = greeted({a});
    dialogue.says(gw::OrderAccepted{.id = 99, .order_id = OrderId{"o-a"}});
    dialogue.says(gw::Pong{.id = 98});
    dialogue.says(wire::Unknown{});
    dialogue.feed(event::Unreadable{"no map"});
    CHECK(dialogue.exit(1) == std::nullopt);
    CHECK(dialogue.notes().size() == 1);
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
    dialogue.accepts(a); // a second time
    CHECK(dialogue.did() == Lines{"e1: done", "line 1: 0"});
}

TEST_CASE("an error without an id says nothing about a command") {
    auto dialogue = greeted({a});
    dialogue.says(gw::ErrorReply{.code = "rate_limited", .message = "slower"});
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
}

// ---- refusals

TEST_CASE("a rejection refuses, whatever its code") {
    for (const auto* code : {"would_cross", "internal", "a_code_of_theirs"}) {
        auto dialogue = greeted({a});
        dialogue.answers("order a", gw::OrderRejected{.code = code, .message = "no"});
        INFO(code);
        CHECK(dialogue.did() == Lines{"e1: refused", "line 1: 5"});
    }
    auto dialogue = greeted({cancel_x});
    dialogue.answers("cancel x", gw::CancelRejected{.code = "unknown_order", .message = "no"});
    CHECK(dialogue.did() == Lines{"e1: refused", "line 1: 6"});
}

TEST_CASE("an error with a command's id refuses it, by its code") {
    const std::vector<std::pair<std::string, int>> exits{
        {"token_expired", 4}, {"insufficient_permission", 4}, {"unknown_market", 6}, {"wallet_not_linked", 6},
        {"rate_limited", 7},  {"market_halted", 5},           {"invalid_size", 5},   {"duplicate_client_order_id", 5},
    };
    for (const auto& [code, exit] : exits) {
        auto dialogue = greeted({a});
        dialogue.errs("order a", code);
        INFO(code);
        CHECK(dialogue.exit(1) == exit);
        CHECK(dialogue.code(1) == code);
    }
}

TEST_CASE("an error that says nothing of what was done is looked up, and its words are kept") {
    for (const auto* code : {"internal", "a_code_of_theirs"}) {
        auto found = greeted({a});
        found.errs("order a", code);
        found.has_on_record({.executions = {accepted(11, a)}});
        found.pass(Milliseconds(0));
        CHECK(found.exit(1) == 0);

        auto absent = greeted({a});
        absent.errs("order a", code);
        absent.has_on_record({});
        absent.pass(Milliseconds(10'000));
        CHECK(absent.exit(1) == 9);
        CHECK(absent.why(1).find("no (" + std::string(code) + ")") != std::string::npos);
    }
}

TEST_CASE("an answer that says nothing does not hide that another is missing") {
    auto dialogue = greeted({a, b});
    dialogue.has_on_record({.executions = {accepted(11, b)}});
    dialogue.errs("order a", "internal");
    dialogue.pass(Milliseconds(5'000));
    CHECK(dialogue.exit(1) == std::nullopt);
    CHECK(dialogue.exit(2) == 0);
}

// ---- the session as a whole

TEST_CASE("a refused auth refuses the whole session, and nothing is looked up") {
    const std::vector<std::pair<std::string, int>> exits{
        {"unauthenticated", 4}, {"token_expired", 4}, {"rate_limited", 7}, {"wallet_not_linked", 6}};
    for (const auto& [code, exit] : exits) {
        auto dialogue = dialogue_of({a, b});
        dialogue.errs("auth", code);
        INFO(code);
        CHECK(dialogue.did() == Lines{"reset", "e1: refused", "line 1: " + std::to_string(exit), "e2: refused",
                                      "line 2: " + std::to_string(exit)});
    }
}

TEST_CASE("an auth that is refused late refuses what is looked up already, too") {
    auto dialogue = dialogue_of({a});
    dialogue.says(gw::Pong{.id = 99});
    dialogue.pass(Milliseconds(5'000));
    REQUIRE(dialogue.is_looking_up());
    dialogue.errs("auth", "token_expired");
    CHECK(dialogue.exit(1) == 4);
}

TEST_CASE("an auth that is answered by nothing that is known leaves open what was done") {
    for (const auto* code : {"internal", "a_code_of_theirs"}) {
        auto dialogue = dialogue_of({a, b});
        dialogue.has_on_record({.executions = {accepted(11, a)}});
        dialogue.errs("auth", code);
        CHECK(dialogue.did() == Lines{"reset"});
        dialogue.pass(Milliseconds(10'000));
        // Neither wallet nor start was learnt, and the ids are not new.
        CHECK(dialogue.exit(1) == 9);
        CHECK(dialogue.exit(2) == 9);
    }
    auto dialogue = dialogue_of({a});
    dialogue.answers("auth", gw::Pong{});
    CHECK(dialogue.did() == Lines{"reset"});
}

TEST_CASE("one session too many executes nothing") {
    const gw::ErrorReply too_many{.code = "too_many_sessions", .message = "64 are open"};
    auto dialogue = dialogue_of({a, b});
    dialogue.says(too_many);
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(20'000));
    CHECK(dialogue.did() == Lines{"e1: refused", "line 1: 7", "e2: refused", "line 2: 7"});
    // Once there is a session it is only the reason of what follows.
    auto later = greeted({a});
    later.says(too_many);
    later.ends(SessionEnd::closed);
    later.pass(Milliseconds(0));
    CHECK(later.did() == Lines{"look up from 11"});
}

TEST_CASE("commands refused as unauthenticated although auth then succeeded are sent again, once, in their order") {
    auto dialogue = dialogue_of({a, b});
    dialogue.may_resend();
    dialogue.errs("order a", "unauthenticated");
    dialogue.errs("order b", "unauthenticated");
    CHECK(dialogue.did().empty());
    dialogue.authenticates();
    CHECK(dialogue.did() == Lines{"send: order a, order b"});
    dialogue.accepts(b);
    dialogue.errs("order a", "unauthenticated");
    CHECK(dialogue.did() == Lines{"e2: done", "line 2: 0", "e1: refused", "line 1: 4"});
}

TEST_CASE("the same where the refusals come behind the answer to auth") {
    auto dialogue = dialogue_of({a, b});
    dialogue.may_resend();
    dialogue.authenticates();
    dialogue.errs("order a", "unauthenticated");
    dialogue.errs("order b", "unauthenticated");
    CHECK(dialogue.did() == Lines{"send: order a", "send: order b"});
}

TEST_CASE("a command that left behind the answer to auth is not sent again") {
    auto dialogue = greeted_early();
    dialogue.submit(a);
    dialogue.errs("order a", "unauthenticated");
    CHECK(dialogue.exit(1) == 4);
}

TEST_CASE("what is looked up meanwhile is not sent again when auth is answered at last") {
    auto dialogue = dialogue_of({a});
    dialogue.errs("order a", "unauthenticated");
    dialogue.pass(Milliseconds(5'000));
    dialogue.did();
    dialogue.authenticates();
    CHECK(dialogue.did().empty());
    auto interrupted = dialogue_of({a});
    interrupted.errs("order a", "unauthenticated");
    interrupted.feed(event::Signal{SIGINT});
    interrupted.feed(event::Signal{SIGINT});
    interrupted.authenticates();
    CHECK(interrupted.exit(1) == 9);
}

TEST_CASE("where no session is to be had nothing was sent") {
    for (const auto& [fault, exit] : {std::pair(Fault::unreachable, 10), std::pair(Fault::credentials, 4)}) {
        Dialogue dialogue;
        dialogue.submit_all({a, b});
        dialogue.does_not_open(fault);
        CHECK(dialogue.exit(1) == exit);
        CHECK(dialogue.exit(2) == exit);
    }
}

} // namespace omen::engine_answers_test
