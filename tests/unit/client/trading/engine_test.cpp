// The trading engine in dialogues: what is sent, when and in what order. What answers mean is in
// engine_answers_test.cpp, what happens without them in engine_look_up_test.cpp and engine_recovery_test.cpp, orders
// that are followed in engine_follow_test.cpp.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_test {

using namespace omen::literals;
using test::accepted;
using test::buy;
using test::Dialogue;
using test::dialogue_of;
using test::greeted;
using test::greeting;
using test::state;
using Lines = Dialogue::Lines;
using trading::Engine;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto b = buy("b");
const auto c = buy("c");
const gw::Cancel cancel_x{.order_id = OrderId{"x"}};

std::vector<trading::Request> orders(std::size_t count) {
    std::vector<trading::Request> all;
    for (std::size_t i = 0; i < count; ++i) all.emplace_back(buy(std::to_string(i)));
    return all;
}

std::size_t count_sent(const Lines& lines) {
    std::size_t count = 0;
    for (const auto& line : lines)
        if (line.starts_with("send: "))
            for (auto at = line.find("order "); at != std::string::npos; at = line.find("order ", at + 1)) ++count;
    return count;
}

} // namespace

// ---- sending

TEST_CASE("an order leaves in one write with what a session begins with, once it is in the journal") {
    Dialogue dialogue;
    dialogue.submit(a);
    CHECK(dialogue.did() == Lines{"open"});
    dialogue.opens();
    CHECK(dialogue.did() == Lines{"write intents: order a", greeting + ", order a"});
    dialogue.greets();
    dialogue.accepts(a);
    CHECK(dialogue.did() == Lines{"e1: done", "line 1: 0"});
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("commands that come later leave alone, and those that came together in one write") {
    auto dialogue = greeted({a});
    dialogue.submit(b);
    CHECK(dialogue.did() == Lines{"write intents: order b", "send: order b"});
    Dialogue together;
    together.submit_all({a, cancel_x, gw::Amend{.order_id = OrderId{"y"}, .size = 1_d}, gw::CancelAll{}});
    together.opens();
    CHECK(together.did() == Lines{"open", "write intents: order a, cancel x, amend y, cancel all",
                                  greeting + ", order a, cancel x, amend y, cancel all"});
}

TEST_CASE("without pipelining a command waits until the session is authenticated") {
    Dialogue dialogue({.pipeline = false});
    dialogue.submit(a);
    dialogue.opens();
    dialogue.pass(Milliseconds(1'000)); // in which nothing is tried
    CHECK(dialogue.did() == Lines{"open", greeting});
    dialogue.authenticates();
    CHECK(dialogue.did() == Lines{"write intents: order a", "send: order a"});
}

TEST_CASE("who follows orders stays subscribed to the executions") {
    Dialogue dialogue({.follow_for = Milliseconds(30'000)});
    dialogue.submit(a);
    dialogue.opens();
    CHECK(dialogue.did().back() == "send: auth, subscribe drop_copy, order a");
}

TEST_CASE("without a journal nothing is written down") {
    Dialogue dialogue({.journal = false});
    dialogue.submit(a);
    dialogue.opens();
    CHECK(dialogue.did() == Lines{"open", greeting + ", order a"});
    dialogue.accepts(a);
    CHECK(dialogue.did() == Lines{"line 1: 0"});
}

TEST_CASE("a session may be wanted before there is anything to send") {
    Dialogue dialogue;
    dialogue.feed(event::Wanted{});
    dialogue.opens();
    CHECK(dialogue.did() == Lines{"open", greeting});
    CHECK(dialogue.engine().is_wanted());
    dialogue.greets();
    CHECK_FALSE(dialogue.engine().is_wanted());
    dialogue.submit(a);
    CHECK(dialogue.did() == Lines{"write intents: order a", "send: order a"});
}

TEST_CASE("a session that was wanted and is not to be had is reported") {
    Dialogue refused;
    refused.feed(event::Wanted{});
    refused.opens();
    refused.errs("auth", "token_expired");
    CHECK(refused.did() == Lines{"open", greeting, "reset", "refused: 4"});

    Dialogue one_too_many;
    one_too_many.feed(event::Wanted{});
    one_too_many.opens();
    one_too_many.says(gw::ErrorReply{.code = "too_many_sessions", .message = "64 are open"});
    one_too_many.ends(SessionEnd::closed);
    CHECK(one_too_many.did() == Lines{"open", greeting, "refused: 7"});
    CHECK_FALSE(one_too_many.engine().is_wanted());

    Dialogue unreachable;
    unreachable.feed(event::Wanted{});
    unreachable.does_not_open();
    CHECK(unreachable.did() == Lines{"open", "refused: 10"});

    Dialogue silent;
    silent.feed(event::Wanted{});
    silent.opens();
    silent.pass(Milliseconds(10'000));
    CHECK(silent.did() == Lines{"open", greeting, "reset", "refused: 10"});
}

// ---- the journal

TEST_CASE("what can't be written down is not sent: a matter of the command line while nothing was sent") {
    Dialogue dialogue;
    dialogue.journal_fails();
    dialogue.submit_all({a, b});
    dialogue.opens();
    CHECK(dialogue.exit(1) == 2);
    CHECK(dialogue.exit(2) == 2);
    CHECK(dialogue.code(1) == "journal_unwritable");
    CHECK(dialogue.why(1).ends_with("; nothing was sent"));
    CHECK(count_sent(dialogue.did()) == 0);
}

TEST_CASE("once something was sent a journal that fails is a failure of ours, and what was sent is waited for") {
    auto dialogue = greeted({a});
    dialogue.journal_fails();
    dialogue.submit_all({b, c});
    CHECK(dialogue.exit(2) == 1);
    CHECK(dialogue.exit(3) == 1);
    CHECK(dialogue.code(3) == "journal_unwritable");
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.accepts(a);
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("an intent is good for its session: what has not left by its end is a new intent in the next") {
    Dialogue dialogue;
    dialogue.journal_is_slow();
    dialogue.submit(a);
    dialogue.opens();
    dialogue.ends(SessionEnd::broken);
    dialogue.journal_works();
    dialogue.did();
    dialogue.writes_intents();
    dialogue.pass(Milliseconds(100));
    CHECK(dialogue.did() == Lines{"e1: not_sent", "open"});
    dialogue.opens();
    CHECK(dialogue.did() == Lines{"write intents: order a", greeting + ", order a"});
    dialogue.accepts(a);
    CHECK(dialogue.did() == Lines{"e2: done", "line 1: 0"});
}

TEST_CASE("an intent is good for five seconds") {
    Dialogue dialogue;
    dialogue.journal_is_slow();
    dialogue.submit(a);
    dialogue.opens();
    dialogue.pass(Milliseconds(5'001));
    dialogue.journal_works();
    dialogue.did();
    dialogue.writes_intents();
    CHECK(dialogue.did() == Lines{"e1: not_sent", "write intents: order a", greeting + ", order a"});
}

TEST_CASE("what is being written down when a signal comes is not sent") {
    Dialogue dialogue;
    dialogue.journal_is_slow();
    dialogue.submit(a);
    dialogue.opens();
    dialogue.feed(event::Signal{SIGINT});
    dialogue.did();
    dialogue.writes_intents();
    CHECK(count_sent(dialogue.did()) == 0);
    CHECK(dialogue.exit(1) == 10);
}

// ---- pace

TEST_CASE("no more leave than the exchange takes: fifty at once, then as fast as it takes them in") {
    Dialogue dialogue;
    dialogue.submit_all(orders(60));
    dialogue.opens();
    CHECK(count_sent(dialogue.did()) == 50);
    dialogue.greets();
    dialogue.pass(Milliseconds(1'000));
    CHECK(count_sent(dialogue.did()) == 0);
    for (const auto& order : orders(50)) dialogue.accepts(std::get<gw::Order>(order));
    CHECK(count_sent(dialogue.did()) == 0);
    dialogue.pass(Milliseconds(10));
    CHECK(count_sent(dialogue.did()) == 1);
    dialogue.pass(Milliseconds(90));
    CHECK(count_sent(dialogue.did()) == 9);
}

TEST_CASE("cancels have a limit of their own, and who sets no pace sends all at once") {
    auto requests = orders(50);
    requests.emplace_back(cancel_x);
    Dialogue dialogue;
    dialogue.submit_all(requests);
    dialogue.opens();
    CHECK(dialogue.did().back().ends_with(", cancel x"));
    Dialogue unpaced({.paced = false});
    unpaced.submit_all(orders(60));
    unpaced.opens();
    CHECK(count_sent(unpaced.did()) == 60);
}

TEST_CASE("whose turn has not come by the end of everything is not sent") {
    auto dialogue = greeted({a}, {.end = Clock::time_point{} + std::chrono::hours(1) + Milliseconds(2'000)});
    dialogue.has_on_record({});
    dialogue.errs("order a", "internal");
    dialogue.submit(gw::Cancel{.client_order_id = ClientOrderId{"a"}}); // waits for what becomes of the order
    dialogue.pass(Milliseconds(2'000));
    CHECK(dialogue.exit(1) == 9);
    CHECK(dialogue.exit(2) == 10);
    CHECK(dialogue.code(2) == "not_sent");
}

TEST_CASE("a stream of commands is held back while the exchange does not keep up") {
    Dialogue dialogue;
    CHECK(dialogue.takes_input());
    dialogue.submit_all(orders(64));
    CHECK_FALSE(dialogue.takes_input());

    auto stalled = dialogue_of({a});
    stalled.pass(Milliseconds(999));
    CHECK(stalled.takes_input());
    stalled.pass(Milliseconds(1));
    CHECK_FALSE(stalled.takes_input());
    stalled.authenticates();
    CHECK(stalled.takes_input());
}

// ---- reads

TEST_CASE("a read is neither written down nor looked up") {
    auto dialogue = greeted({gw::GetOrders{}, gw::GetPositions{}});
    dialogue.answers("get orders", gw::Orders{.orders = {state(a)}});
    CHECK(dialogue.did() == Lines{"line 1: 0"});
    CHECK(std::get<gw::Orders>(std::get<trading::Reply>(dialogue.result(1).outcome)).orders.size() == 1);
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(1'000));
    CHECK(dialogue.did() == Lines{"line 2: 10"});
}

TEST_CASE("a read that is refused is refused, by whatever code") {
    auto dialogue = greeted({gw::GetOrders{}, gw::GetPositions{}});
    dialogue.errs("get orders", "internal");
    dialogue.errs("get positions", "token_expired");
    CHECK(dialogue.did() == Lines{"line 1: 5", "line 2: 4"});
}

// ---- signals

TEST_CASE("after a signal nothing is sent any more, and what was sent has three seconds to be found out") {
    auto requests = orders(51);
    Dialogue dialogue;
    dialogue.submit_all(requests);
    dialogue.opens();
    dialogue.greets();
    dialogue.has_on_record({.executions = {accepted(11, buy("1"))}});
    dialogue.feed(event::Signal{SIGINT});
    CHECK(dialogue.engine().signal() == SIGINT);
    CHECK(dialogue.exit(51) == 10);
    CHECK(dialogue.code(51) == "not_sent");
    CHECK_FALSE(dialogue.takes_input());
    dialogue.submit(a);
    CHECK(dialogue.exit(52) == 10);
    dialogue.accepts(buy("0"));
    CHECK(dialogue.exit(1) == 0);
    dialogue.pass(Milliseconds(1'500));
    CHECK(dialogue.exit(2) == 0); // it was looked up
    CHECK(dialogue.exit(3) == std::nullopt);
    dialogue.pass(Milliseconds(1'500));
    CHECK(dialogue.exit(3) == 9);
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("a second signal ends the waiting: what is not known by then is unknown") {
    auto dialogue = greeted({a, b, gw::GetOrders{}});
    dialogue.feed(event::Signal{SIGTERM});
    CHECK(dialogue.exit(3) == 10); // a read is not waited for
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.feed(event::Signal{SIGINT});
    CHECK(dialogue.exit(1) == 9);
    CHECK(dialogue.exit(2) == 9);
    CHECK(dialogue.engine().signal() == SIGTERM);
    CHECK(dialogue.engine().is_idle());
}

} // namespace omen::engine_test
