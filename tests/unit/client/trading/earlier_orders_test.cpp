// What orders of ours from before mean for one of the same client order id.

#include "client/trading/earlier_orders.hpp"
#include "support/catch.hpp"
#include "support/evidence.hpp"

#include <functional>

namespace omen::earlier_orders_test {

using namespace omen::literals;
using test::accepted;
using test::cancelled;
using test::state;
using test::lost::Evidence;
using test::lost::ours;
using test::lost::us;
using What = Precedent::What;

namespace {

EarlierOrder done(std::optional<std::string> status = "open") {
    return {.order = ours,
            .sent_at = test::lost::sent_at,
            .facts = test::lost::facts(),
            .done =
                JournalOutcome{.outcome = outcome::done, .order_id = OrderId{"o-c-1"}, .status = std::move(status)}};
}
EarlierOrder unknown(SessionEnd end = SessionEnd::closed) {
    auto one = done();
    one.done.reset();
    one.facts.end = end;
    one.facts.ended_at = Clock::time_point{} - settled_after;
    return one;
}

What what(const EarlierOrders& earlier, const Evidence& evidence, const gw::Order& order = ours) {
    return precedent(order, earlier, evidence.reading(ours)).what;
}

JournalEntry entry(const std::string& name, std::optional<std::string> outcome) {
    JournalEntry one{.entry = name, .command = ours, .identity = "me"};
    if (outcome) one.outcome = JournalOutcome{.outcome = *outcome};
    return one;
}

} // namespace

TEST_CASE("a done order is this one wherever the record has it, and as it is now") {
    const auto found = [](const Evidence& evidence) { return precedent(ours, {done()}, evidence.reading(ours)); };
    auto now = found({.open = {state(ours)}, .replay = {accepted(11, ours)}});
    CHECK(now.what == What::is_it);
    CHECK(now.order->status == OrderStatus::open);
    now = found({.replay = {accepted(11, ours), cancelled(12, ours)}});
    CHECK(now.what == What::is_it);
    CHECK(now.order->status == OrderStatus::cancelled);
    auto amended = ours;
    amended.price = 101_d;
    now = found({.open = {state(amended)}, .replay = {accepted(11, ours), test::amended(12, amended)}});
    CHECK(now.what == What::is_it);
    CHECK(now.order->price == 101_d);
}

TEST_CASE("a done order of other terms is another order, whatever has become of it") {
    for (const auto& change : std::vector<std::function<void(gw::Order&)>>{
             [](auto& order) { order.market_id = MarketId(2); },
             [](auto& order) { order.side = Side::sell; },
             [](auto& order) { order.price = 101_d; },
             [](auto& order) { order.price.reset(); },
             [](auto& order) { order.size = 3_d; },
             [](auto& order) { order.order_type = OrderType::market; },
             [](auto& order) { order.time_in_force = TimeInForce::ioc; },
             [](auto& order) { order.post_only = true; },
             [](auto& order) { order.reduce_only = true; },
         }) {
        auto other = ours;
        change(other);
        CHECK(what({done()}, {.open = {state(ours)}, .replay = {accepted(11, ours)}}, other) == What::other_terms);
        CHECK(what({done()}, {.replay = {test::another(11)}}, other) == What::other_terms);
        CHECK(what({unknown()}, {.open = {state(ours)}, .replay = {accepted(11, ours)}}, other) == What::other_terms);
    }
}

TEST_CASE("a done order is of no matter in another run of the exchange") {
    CHECK(what({done()}, {.issued = 9}) == What::none);
    CHECK(what({done()}, {.issued = 10}) == What::none); // its own placing was the eleventh, at least
    auto seen = done();
    seen.facts.seen = 20;
    CHECK(what({seen}, {.replay = {test::another(11)}}) == What::none);
    CHECK(what({done()}, {.replay = {accepted(11, ours)}, .reader = {"default", "0x2"}, .orders_wallet = "0x2"}) ==
          What::none);
}

TEST_CASE("a done order that the record has no more is as the journal has it, but that it rests is not said") {
    const auto found = [](std::optional<std::string> status) {
        return precedent(ours, {done(std::move(status))}, Evidence{.replay = {test::another(11)}}.reading(ours));
    };
    CHECK(found("filled").what == What::is_it);
    CHECK(found("filled").order->status == OrderStatus::filled);
    CHECK(found("filled").order->order_id == OrderId{"o-c-1"});
    CHECK(found("open").what == What::is_it);
    CHECK_FALSE(found("open").order->status.has_value());
    CHECK_FALSE(found(std::nullopt).order->status.has_value());
    CHECK(what({done()}, {.issued = 30, .kept_from = 31}) == What::is_it);
}

TEST_CASE("a record with holes, or of nobody knows whom, tells nothing of a done order that is not open in it") {
    CHECK(what({done()}, {.issued = 12}) == What::unknown);
    CHECK(what({done()}, {.replay = {accepted(11, ours)}, .issued = 12}) == What::unknown);
    CHECK(what({done()}, {.open = {state(ours)}, .replay = {accepted(11, ours)}, .issued = 12}) == What::is_it);
    CHECK(what({done()}, {.replay = {test::another(11)}, .orders_wallet = "0x2"}) == What::unknown);
}

TEST_CASE("an order of which nothing is known is judged like any whose answer was lost") {
    CHECK(what({unknown()}, {.open = {state(ours)}, .replay = {accepted(11, ours)}}) == What::is_it);
    CHECK(what({unknown()}, {.replay = {test::another(11)}}) == What::none);
    CHECK(what({unknown()}, {.replay = {test::rejected(11, ours)}}) == What::none);
    CHECK(what({unknown(SessionEnd::broken)}, {.replay = {test::another(11)}}) == What::unknown);
    CHECK(what({unknown()}, {.issued = 9}) == What::unknown);
    CHECK(what({unknown()}, {.replay = {test::another(11)}, .reader = {"default", "0x2"}, .orders_wallet = "0x2"}) ==
          What::unknown);
}

TEST_CASE("of several, a done one counts before one of which nothing is known, unless that came later") {
    const auto kinds = [](const std::vector<std::optional<std::string>>& outcomes) {
        std::vector<FoundOrder> found;
        for (const auto& one : outcomes) found.push_back({entry("e" + std::to_string(found.size()), one), true});
        std::string text;
        for (const auto& one : earlier_orders_of(found)) text += one.entry + (one.done ? " done, " : " unknown, ");
        return text;
    };
    CHECK(kinds({"done", "refused", "not_executed", "not_sent"}) == "e0 done, ");
    CHECK(kinds({"refused", "not_executed", "not_sent"}).empty());
    CHECK(kinds({{}, "done", "unknown", "refused", "done"}) == "e4 done, ");
    CHECK(kinds({"done", "unknown", {}}) == "e0 done, e2 unknown, ");
    CHECK(kinds({"unknown", {}}) == "e1 unknown, ");
    // Where the done one was of another run, what came later decides.
    const EarlierOrders both{done(), unknown(SessionEnd::broken)};
    CHECK(what(both, {.issued = 9}) == What::unknown);
    CHECK(what(both, {.replay = {test::another(11)}}) == What::is_it);
}

} // namespace omen::earlier_orders_test
