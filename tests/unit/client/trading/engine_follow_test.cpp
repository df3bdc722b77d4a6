// Orders that are followed to their end, in dialogues: over lost sessions, gaps and holes.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_follow_test {

using namespace omen::literals;
using test::accepted;
using test::another;
using test::buy;
using test::cancelled;
using test::Dialogue;
using test::filled;
using test::OnRecord;
using test::state;
using Lines = Dialogue::Lines;
using trading::Engine;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto b = buy("b");

Engine::Options following() {
    return {.follow_for = Milliseconds(30'000)};
}

/// A dialogue in which an order was accepted, as execution 11, and is followed.
Dialogue following_a() {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.accepts(a);
    dialogue.says(accepted(11, a));
    dialogue.did();
    return dialogue;
}

/// Whether a line ended, and in which status.
std::string end_of(const Dialogue& dialogue, std::uint64_t line) {
    if (!dialogue.exit(line)) return "followed";
    const auto& result = dialogue.result(line);
    if (result.end_unknown) return "end unknown";
    return (result.ended ? "ended " : "still ") + std::string(to_string(*result.order->status));
}

} // namespace

TEST_CASE("an order that is followed has its result when it ends") {
    auto dialogue = following_a();
    dialogue.says(another(12));
    CHECK(end_of(dialogue, 1) == "followed");
    auto partly = state(a, OrderStatus::partially_filled);
    partly.filled_size = 1_d;
    dialogue.says(test::execution(13, ExecutionEvent::filled, partly));
    CHECK(end_of(dialogue, 1) == "followed");
    dialogue.says(filled(14, a));
    CHECK(dialogue.did() == Lines{"line 1: 0"});
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("what became of the command is in the journal as soon as it is answered, not when the order ends") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.did();
    dialogue.accepts(a);
    CHECK(dialogue.did() == Lines{"e1: done"});
}

TEST_CASE("an answer that says how the order ended is the end") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.accepts(a, OrderStatus::filled);
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("executions that come before the answer count") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.says(accepted(11, a));
    dialogue.says(filled(12, a));
    CHECK_FALSE(dialogue.exit(1).has_value());
    dialogue.accepts(a);
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("an order that does not end in time is reported as it then is") {
    auto dialogue = following_a();
    dialogue.pass(Milliseconds(29'999));
    CHECK(end_of(dialogue, 1) == "followed");
    dialogue.pass(Milliseconds(1));
    CHECK(end_of(dialogue, 1) == "still open");
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("an exchange that has begun anew knows nothing of the order, whatever ids it gives to the next one") {
    auto dialogue = following_a();
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(100));
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(0);
    CHECK(end_of(dialogue, 1) == "end unknown");
    CHECK(dialogue.result(1).order->status == OrderStatus::open);
    dialogue.says(filled(1, a));
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("a signal ends the following: the order is reported as it then is") {
    auto dialogue = following_a();
    dialogue.feed(event::Signal{SIGINT});
    CHECK(end_of(dialogue, 1) == "still open");
}

TEST_CASE("executions of another wallet are of another order") {
    auto dialogue = following_a();
    auto theirs = filled(12, a);
    theirs.wallet = "0x2";
    dialogue.says(theirs);
    CHECK(end_of(dialogue, 1) == "followed");
    dialogue.says(cancelled(12, a));
    CHECK(end_of(dialogue, 1) == "ended cancelled");
}

TEST_CASE("a status that is not known is no end") {
    auto dialogue = following_a();
    auto odd = state(a);
    odd.status = Open<OrderStatus>::of_name("parked");
    dialogue.says(test::execution(12, Open<ExecutionEvent>::of_name("moved"), odd));
    CHECK(end_of(dialogue, 1) == "followed");
}

TEST_CASE("over a lost session the following goes on where it was") {
    for (const auto how : {SessionEnd::closed, SessionEnd::broken}) {
        auto dialogue = following_a();
        dialogue.ends(how);
        dialogue.pass(Milliseconds(100));
        REQUIRE(dialogue.is_opening());
        dialogue.opens();
        CHECK(dialogue.did() == Lines{"open", "send: auth, subscribe drop_copy"});
        CHECK(dialogue.subscription().from_sequence == 12);
        dialogue.authenticates();
        dialogue.subscribes(12);
        dialogue.says(filled(12, a));
        CHECK(end_of(dialogue, 1) == "ended filled");
    }
}

TEST_CASE("a session that can't be opened again is tried until the order's time is over") {
    auto dialogue = following_a();
    dialogue.ends(SessionEnd::broken);
    std::size_t attempts = 0;
    for (int seconds = 0; seconds < 30; ++seconds) {
        dialogue.pass(Milliseconds(1'000));
        if (!dialogue.is_opening()) continue;
        ++attempts;
        dialogue.does_not_open();
    }
    CHECK(attempts > 5);
    CHECK(end_of(dialogue, 1) == "still open");
}

TEST_CASE("a token that is refused meanwhile ends the following: the end can't be learnt") {
    auto dialogue = following_a();
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(100));
    auto refused = dialogue;
    dialogue.does_not_open(Fault::credentials);
    CHECK(end_of(dialogue, 1) == "end unknown");
    CHECK(dialogue.result(1).end_unknown->exit_code() == Exit::protocol);
    CHECK(dialogue.result(1).order->status == OrderStatus::open);

    refused.opens();
    refused.errs("auth", "token_expired");
    CHECK(end_of(refused, 1) == "end unknown");
}

TEST_CASE("a hole in the live executions is asked for again, once, and filled") {
    auto dialogue = following_a();
    dialogue.says(another(13));
    CHECK(dialogue.did() == Lines{"send: subscribe drop_copy"});
    CHECK(dialogue.subscription().from_sequence == 12);
    dialogue.subscribes(13);
    dialogue.says(filled(12, a));
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("a hole that stays is looked up, and the following goes on behind it") {
    auto dialogue = following_a();
    dialogue.says(another(13));
    dialogue.subscribes(13);
    dialogue.did();
    dialogue.says(another(13));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 1"});
    dialogue.shows({.open = {state(a)}, .executions = {accepted(11, a), another(12), another(13)}});
    CHECK(dialogue.did() == Lines{"send: subscribe drop_copy"});
    CHECK(dialogue.subscription().from_sequence == 14);
    dialogue.subscribes(13);
    dialogue.says(filled(14, a));
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("a record that is not complete may lack the end: it is read again") {
    auto dialogue = following_a();
    dialogue.says(gw::DropCopyGap{.requested_sequence = 12, .oldest_sequence = 15, .next_sequence = 16});
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.open = {state(a)}, .executions = {accepted(11, a), filled(12, a), another(13)}, .missing = {12}});
    CHECK(end_of(dialogue, 1) == "followed");
    dialogue.pass(Milliseconds(2'000));
    REQUIRE(dialogue.is_looking_up());
    dialogue.shows({.executions = {accepted(11, a), filled(12, a), another(13)}});
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("a gap: the end that is on record is the end") {
    auto dialogue = following_a();
    dialogue.says(gw::DropCopyGap{.requested_sequence = 12, .oldest_sequence = 15, .next_sequence = 16});
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.executions = {accepted(11, a), filled(12, a)}});
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("a gap: an end that is not on record can't be learnt") {
    auto dialogue = following_a();
    dialogue.says(gw::DropCopyGap{.requested_sequence = 12, .oldest_sequence = 15, .next_sequence = 16});
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.before = 15, .kept_from = 15});
    CHECK(end_of(dialogue, 1) == "end unknown");
    CHECK(dialogue.result(1).end_unknown->exit_code() == Exit::protocol);
    CHECK(dialogue.result(1).order->status == OrderStatus::open);
    CHECK(dialogue.exit(1) == 0); // it was placed
}

TEST_CASE("an order is not followed by another wallet's executions") {
    auto dialogue = following_a();
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(1'000));
    dialogue.opens();
    dialogue.answers("auth", gw::Authenticated{.account = "default", .wallet = "0x2"});
    dialogue.subscribes(11);
    auto of_another = filled(12, a);
    of_another.wallet = "0x2";
    dialogue.says(of_another);
    CHECK(end_of(dialogue, 1) == "followed");
}

TEST_CASE("a record that has begun anew knows no order from before, whatever the session had heard") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(std::nullopt);
    dialogue.accepts(a); // so it is numbered, at 1 or later
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(1'000));
    dialogue.opens();
    dialogue.authenticates();
    dialogue.subscribes(0);
    CHECK(end_of(dialogue, 1) == "end unknown");
}

TEST_CASE("another wallet's record does not tell how an order ended") {
    auto dialogue = following_a();
    dialogue.says(gw::DropCopyGap{.requested_sequence = 12, .oldest_sequence = 15, .next_sequence = 16});
    dialogue.pass(Milliseconds(0));
    auto theirs = filled(12, a);
    theirs.wallet = "0x2";
    dialogue.shows({.executions = {theirs}, .holder = {.account = "default", .wallet = "0x2"}});
    CHECK(end_of(dialogue, 1) == "followed");
}

TEST_CASE("where the exchange lets nobody subscribe the order is looked up until it ends") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.authenticates();
    dialogue.errs("subscribe drop_copy", "too_many_subscriptions");
    dialogue.accepts(a);
    for (int looks = 0; looks < 3; ++looks) {
        dialogue.pass(Milliseconds(2'000));
        REQUIRE(dialogue.is_looking_up());
        dialogue.shows({.open = {state(a)}});
        dialogue.errs("subscribe drop_copy", "too_many_subscriptions");
    }
    dialogue.pass(Milliseconds(2'000));
    REQUIRE(dialogue.is_looking_up());
    dialogue.shows({.executions = {accepted(11, a), filled(12, a)}});
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("an order whose answer was lost is followed from where it was found") {
    Dialogue dialogue(following());
    dialogue.submit(a);
    dialogue.opens();
    dialogue.greets();
    dialogue.ends(SessionEnd::closed);
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.open = {state(a)}, .executions = {accepted(11, a)}});
    CHECK_FALSE(dialogue.exit(1).has_value());
    dialogue.pass(Milliseconds(100));
    REQUIRE(dialogue.is_opening());
    dialogue.opens();
    CHECK(dialogue.subscription().from_sequence == 12);
    dialogue.authenticates();
    dialogue.subscribes(12);
    dialogue.says(filled(12, a));
    CHECK(end_of(dialogue, 1) == "ended filled");
}

TEST_CASE("several orders are followed together, and others go on being placed") {
    auto dialogue = following_a();
    dialogue.submit(b);
    dialogue.accepts(b);
    dialogue.says(accepted(12, b));
    dialogue.says(filled(13, b));
    CHECK(end_of(dialogue, 2) == "ended filled");
    CHECK(end_of(dialogue, 1) == "followed");
    dialogue.says(cancelled(14, a));
    CHECK(end_of(dialogue, 1) == "ended cancelled");
}

TEST_CASE("wherever the session of an order that is followed ends, its end is learnt once") {
    // The order is placed, and fills in two parts; what comes after the session's end is on record.
    auto partly = state(a, OrderStatus::partially_filled);
    partly.filled_size = 1_d;
    const std::vector executions{accepted(11, a), test::execution(12, ExecutionEvent::filled, partly), filled(13, a)};
    for (std::size_t told = 0; told <= 2; ++told)
        for (const bool answered : {false, true})
            for (const auto how : {SessionEnd::closed, SessionEnd::broken}) {
                INFO(told << " told, " << (answered ? "answered" : "not answered"));
                Dialogue dialogue(following());
                dialogue.submit(a);
                dialogue.opens();
                dialogue.greets();
                if (answered) dialogue.accepts(a);
                for (std::size_t i = 0; i < told; ++i) dialogue.says(executions[i]);
                dialogue.has_on_record({.executions = executions});
                dialogue.ends(how);
                dialogue.pass(Milliseconds(1'000));
                if (dialogue.is_opening()) {
                    dialogue.opens();
                    dialogue.authenticates();
                    dialogue.subscribes(13);
                    const auto from = dialogue.subscription().from_sequence.value_or(14);
                    for (const auto& one : executions)
                        if (one.sequence >= from) dialogue.says(one);
                }
                CHECK(end_of(dialogue, 1) == "ended filled");
            }
}

} // namespace omen::engine_follow_test
