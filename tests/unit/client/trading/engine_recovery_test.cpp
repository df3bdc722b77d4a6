// What the trading engine does beside its look-ups, in dialogues: other commands go on, and wherever a session ends,
// every command has its one result.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_recovery_test {

using namespace omen::literals;
using test::accepted;
using test::amended;
using test::buy;
using test::cancelled;
using test::Dialogue;
using test::greeted;
using test::greeting;
using test::OnRecord;
using test::state;
using Lines = Dialogue::Lines;
namespace event = trading::event;

namespace {

const auto a = buy("a");
const auto b = buy("b");
const auto c = buy("c");
const gw::Cancel cancel_a{.client_order_id = ClientOrderId{"a"}};

/// A dialogue in which an order was sent, the session then ended, and the look-up is under way.
Dialogue with_lost_a(SessionEnd how = SessionEnd::closed) {
    auto dialogue = greeted({a});
    dialogue.ends(how);
    dialogue.pass(Milliseconds(0));
    dialogue.did();
    return dialogue;
}

} // namespace

TEST_CASE("other commands go on in a new session while lost ones are looked up") {
    auto dialogue = with_lost_a();
    dialogue.submit(b);
    CHECK(dialogue.did() == Lines{"open"});
    dialogue.opens();
    dialogue.greets();
    dialogue.accepts(b);
    CHECK(dialogue.exit(2) == 0);
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.shows({.executions = {accepted(11, a), accepted(12, b)}});
    CHECK(dialogue.exit(1) == 0);
}

TEST_CASE("a later line with the same id waits until the earlier one's outcome is known") {
    auto dialogue = with_lost_a();
    dialogue.submit(cancel_a);
    dialogue.submit(gw::Amend{.client_order_id = ClientOrderId{"a"}, .price = 101_d});
    dialogue.pass(Milliseconds(100));
    CHECK(dialogue.did().empty());
    dialogue.submit(b);
    dialogue.opens();
    CHECK(dialogue.did().back() == greeting + ", order b");
    dialogue.shows({.executions = {accepted(11, a)}});
    CHECK(dialogue.did() ==
          Lines{"e1: done", "line 1: 0", "write intents: cancel a, amend a", "send: cancel a, amend a"});
}

TEST_CASE("what can't be sent while the exchange is away is tried for the timeout, then not sent") {
    auto dialogue = with_lost_a();
    dialogue.submit(b);
    dialogue.does_not_open();
    CHECK(dialogue.exit(2) == std::nullopt);
    for (int attempts = 0; attempts < 100 && !dialogue.exit(2); ++attempts) {
        dialogue.pass(Milliseconds(200));
        if (dialogue.is_looking_up()) dialogue.shows_nothing();
        if (dialogue.is_opening()) dialogue.does_not_open();
    }
    CHECK(dialogue.exit(1) == 9);
    CHECK(dialogue.exit(2) == 10);
    // Who comes then does not wait as long again.
    dialogue.submit(c);
    dialogue.pass(Milliseconds(2'000));
    dialogue.does_not_open();
    CHECK(dialogue.exit(3) == 10);
}

TEST_CASE("a signal shortens the looking up to three seconds") {
    auto dialogue = with_lost_a(SessionEnd::broken);
    dialogue.feed(event::Signal{SIGINT});
    dialogue.shows({});
    dialogue.has_on_record({});
    dialogue.pass(Milliseconds(2'999));
    CHECK(dialogue.exit(1) == std::nullopt);
    dialogue.pass(Milliseconds(1));
    CHECK(dialogue.exit(1) == 9);
}

// ---- a whole dialogue, with its session ended at each step

namespace {

/// An order, a cancel and an amend, which the exchange takes in this order. `a` is new, `b` and `c` were open before.
struct Story {
    const gw::Order c_at_101 = buy("c", 2_d, 101_d);
    const std::vector<trading::Request> requests{a, gw::Cancel{.client_order_id = ClientOrderId{"b"}},
                                                 gw::Amend{.client_order_id = ClientOrderId{"c"}, .price = 101_d}};
    static constexpr std::size_t steps = 6;

    void step(Dialogue& dialogue, std::size_t number) const {
        switch (number) {
        case 0:
            return dialogue.authenticates();
        case 1:
            return dialogue.subscribes();
        case 2:
            return dialogue.answers("unsubscribe drop_copy", gw::Unsubscribed{});
        case 3:
            return dialogue.accepts(a);
        case 4:
            return dialogue.answers("cancel b", gw::CancelAccepted{.order_id = OrderId{"o-b"}});
        default:
            return dialogue.answers("amend c", gw::AmendAccepted{.order_id = OrderId{"o-c"}, .price = 101_d});
        }
    }
    static std::size_t answered_by(std::size_t step) { return step > 3 ? step - 3 : 0; }
    /// What the exchange has on record where it took in so many of the commands.
    OnRecord after(std::size_t taken) const {
        OnRecord record;
        if (taken >= 1) record.open.push_back(state(a));
        if (taken < 2) record.open.push_back(state(b));
        record.open.push_back(state(taken < 3 ? c : c_at_101));
        const std::vector all{accepted(11, a), cancelled(12, b), amended(13, c_at_101)};
        record.executions.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(taken));
        return record;
    }
};

} // namespace

TEST_CASE("wherever a session ends, each command has one result, and none that is not so") {
    const Story story;
    for (std::size_t end = 0; end <= Story::steps; ++end)
        for (const auto how : {SessionEnd::closed, SessionEnd::broken})
            for (auto taken = Story::answered_by(end); taken <= 3; ++taken) {
                INFO("ended " << (how == SessionEnd::closed ? "by a close frame" : "otherwise") << " after step " << end
                              << ", " << taken << " taken in");
                Dialogue dialogue;
                dialogue.submit_all(story.requests);
                dialogue.opens();
                for (std::size_t step = 0; step < end; ++step) story.step(dialogue, step);
                dialogue.has_on_record(story.after(taken));
                dialogue.ends(how);
                dialogue.pass(Milliseconds(10'000));
                CHECK(dialogue.engine().is_idle());
                const bool is_told_whose = end >= 2; // wallet and start were learnt
                for (std::size_t line = 1; line <= 3; ++line) {
                    const bool is_done = line <= taken;
                    const int absent = how == SessionEnd::closed ? 10 : 9;
                    INFO("line " << line);
                    if (line <= Story::answered_by(end) || is_told_whose)
                        CHECK(dialogue.exit(line) == (is_done ? 0 : absent));
                    else
                        CHECK((dialogue.exit(line) == 9 || (is_done && dialogue.exit(line) == 0) ||
                               (!is_done && dialogue.exit(line) == 10)));
                }
            }
}

} // namespace omen::engine_recovery_test
