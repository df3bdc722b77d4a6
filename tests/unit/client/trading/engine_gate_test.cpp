// The trading engine in dialogues: what the limits allow, on whichever way it is asked for.

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/dialogue.hpp"

#include <csignal>

namespace omen::engine_gate_test {

using namespace omen::literals;
using test::buy;
using test::Dialogue;
using test::greeted_early;
using test::OnRecord;
using Lines = Dialogue::Lines;
namespace event = trading::event;

namespace {

/// buy() is of size 2 at 100, in market 1.
const auto a = buy("a");

std::shared_ptr<const Gate> gate(const Limits& limits) {
    static Markets nothing_is_listed([] { return Markets::List(); });
    return std::make_shared<Gate>(limits, nothing_is_listed);
}
std::shared_ptr<const Gate> at_most(Decimal size) {
    return gate({.max_order_size = Setting<Decimal>{size, "the profile"}});
}
std::shared_ptr<const Gate> worth_at_most(Decimal notional) {
    return gate({.max_order_notional = Setting<Decimal>{notional, "the profile"}});
}

gw::Order at_market() {
    auto order = buy("m");
    order.order_type = OrderType::market;
    order.time_in_force = TimeInForce::ioc;
    order.price.reset();
    return order;
}
gw::Amend amend_a(std::optional<Decimal> price, std::optional<Decimal> size) {
    return {.client_order_id = a.client_order_id, .price = price, .size = size};
}
gw::AmendAccepted amended_a() {
    return {.order_id = OrderId{"o-a"}, .client_order_id = a.client_order_id};
}
const OnRecord with_a{.open = {test::state(a)}, .executions = {test::accepted(11, a)}};

} // namespace

TEST_CASE("an order beyond the limits is refused before anything is opened or written down") {
    Dialogue dialogue;
    dialogue.submit(a, at_most(1_d));
    CHECK(dialogue.did() == Lines{"line 1: 3"});
    CHECK(dialogue.code(1) == "max_order_size");
    dialogue.submit(a, at_most(2_d));
    CHECK(dialogue.did() == Lines{"open"});
}

TEST_CASE("what only the book can tell is asked of it") {
    auto dialogue = greeted_early();
    dialogue.submit(at_market(), worth_at_most(250_d));
    CHECK(dialogue.did() == Lines{"read book 1, buy"});
    dialogue.shows_book({{100_d, 1_d}, {160_d, 5_d}});
    CHECK(dialogue.did() == Lines{"line 1: 3"});
    dialogue.submit(at_market(), worth_at_most(260_d));
    dialogue.shows_book({{100_d, 1_d}, {160_d, 5_d}});
    CHECK(dialogue.did() == Lines{"read book 1, buy", "write intents: order m", "send: order m"});
}

TEST_CASE("without the book, where it is needed, nothing is sent") {
    auto dialogue = greeted_early();
    dialogue.submit(at_market(), worth_at_most(250_d));
    dialogue.shows_no_book();
    CHECK(dialogue.did() == Lines{"read book 1, buy", "line 1: 10"});
}

TEST_CASE("what is said later of an order that waits for the book leaves behind it") {
    auto dialogue = greeted_early();
    dialogue.submit(at_market(), worth_at_most(250_d));
    dialogue.submit(gw::Cancel{.client_order_id = ClientOrderId{"m"}});
    CHECK(dialogue.did() == Lines{"read book 1, buy"});
    dialogue.shows_book({{100_d, 5_d}});
    CHECK(dialogue.did() == Lines{"write intents: order m, cancel m", "send: order m, cancel m"});
}

TEST_CASE("an amend is judged by its order as the exchange has it") {
    auto dialogue = greeted_early();
    dialogue.has_on_record(with_a);
    dialogue.submit(amend_a({}, 3_d), worth_at_most(299_d));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 1", "line 1: 3"});
    dialogue.submit(amend_a({}, 3_d), worth_at_most(300_d));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 1", "write intents: amend a", "send: amend a"});
}

TEST_CASE("an amend of an order that is on its way waits for it, and so do amends of one that is being amended") {
    auto dialogue = greeted_early();
    dialogue.submit(a, worth_at_most(250_d));
    dialogue.submit(amend_a({}, 50_d), worth_at_most(250_d));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"write intents: order a", "send: order a"});
    dialogue.has_on_record(with_a);
    dialogue.accepts(a);
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"e1: done", "line 1: 0", "look up from 1", "line 2: 3"});

    dialogue.submit(amend_a(120_d, {}), worth_at_most(250_d));
    dialogue.submit(amend_a({}, 2.5_d), worth_at_most(250_d));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 1", "write intents: amend a", "send: amend a"});
    auto dearer = test::state(a);
    dearer.price = 120_d;
    dialogue.has_on_record({.open = {dearer}, .executions = {test::accepted(11, a)}});
    dialogue.answers("amend a", amended_a());
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"e2: done", "line 3: 0", "look up from 1", "line 4: 3"});
}

TEST_CASE("an amend that may still come counts as if it had, and as if it had not") {
    auto dialogue = greeted_early();
    dialogue.has_on_record(with_a);
    dialogue.submit(amend_a(120_d, {}), worth_at_most(250_d));
    dialogue.pass(Milliseconds(0));
    dialogue.ends(SessionEnd::broken);
    dialogue.pass(Milliseconds(20'000));
    CHECK(dialogue.exit(1) == 9);
    dialogue.submit(amend_a({}, 2.5_d), worth_at_most(250_d));
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.exit(2) == 3);
}

TEST_CASE("an order that is not there is not found where the record proves it; otherwise nothing is sent") {
    auto dialogue = greeted_early();
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(0));
    dialogue.shows({});
    CHECK(dialogue.exit(1) == 6);

    auto filled = test::state(a);
    filled.status = OrderStatus::filled;
    auto fill = test::accepted(11, a);
    fill.order = filled;
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(0));
    dialogue.shows({.executions = {fill}});
    CHECK(dialogue.exit(2) == 6);

    for (const auto& record : {OnRecord{.missing = {4}}, OnRecord{.kept_from = 5}}) {
        dialogue.has_on_record(record);
        dialogue.submit(amend_a({}, 1_d), at_most(1_d));
        dialogue.pass(Milliseconds(20'000));
    }
    CHECK(dialogue.exit(3) == 3);
    CHECK(dialogue.exit(4) == 3);
    CHECK(dialogue.code(4) == "unknown_terms");
}

TEST_CASE("another wallet's record tells nothing of the order") {
    auto dialogue = greeted_early();
    auto record = with_a;
    record.holder = {.account = "default", .wallet = "0x2"};
    dialogue.has_on_record(record);
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(20'000));
    CHECK(dialogue.exit(1) == 3);
}

TEST_CASE("an exchange that can't be reached at all ends an amend under limits as it ends one without") {
    Dialogue dialogue;
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(0));
    dialogue.shows_nothing();
    CHECK(dialogue.did() == Lines{"look up from 1", "line 1: 10"});
}

TEST_CASE("a token that is refused twice ends it as that") {
    Dialogue dialogue;
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(0));
    dialogue.shows_nothing(Fault::credentials);
    dialogue.pass(Milliseconds(0));
    dialogue.shows_nothing(Fault::credentials);
    CHECK(dialogue.exit(1) == 4);
}

TEST_CASE("a signal ends what waits at the gate as not sent") {
    auto dialogue = greeted_early();
    dialogue.submit(at_market(), worth_at_most(250_d));
    dialogue.submit(amend_a({}, 1_d), at_most(1_d));
    dialogue.pass(Milliseconds(0));
    dialogue.feed(event::Signal{SIGINT});
    CHECK(dialogue.exit(1) == 10);
    CHECK(dialogue.exit(2) == 10);
    dialogue.shows_book({{100_d, 5_d}}); // which nobody waits for
    CHECK(dialogue.engine().is_idle());
}

TEST_CASE("what is only checked ends where the gate is passed, and no session is opened") {
    Dialogue dialogue;
    dialogue.submit(a, at_most(2_d), {.check_only = true});
    CHECK(dialogue.did() == Lines{"line 1: 0"});
    dialogue.submit(a, at_most(1_d), {.check_only = true});
    CHECK(dialogue.did() == Lines{"line 2: 3"});
    dialogue.has_on_record(with_a);
    dialogue.submit(amend_a({}, 1_d), at_most(1_d), {.check_only = true});
    dialogue.pass(Milliseconds(0));
    CHECK(dialogue.did() == Lines{"look up from 1", "line 3: 0"});
}

TEST_CASE("so many amends that wait at the gate hold up the input") {
    auto dialogue = greeted_early();
    for (int i = 0; i < 64 && dialogue.takes_input(); ++i)
        dialogue.submit(gw::Amend{.order_id = OrderId{std::to_string(i)}, .size = 1_d}, at_most(1_d));
    CHECK_FALSE(dialogue.takes_input());
}

} // namespace omen::engine_gate_test
