// What one look-up reads: how whole it is, and what it has of an order.

#include "client/trading/reading.hpp"
#include "support/catch.hpp"
#include "support/order_records.hpp"

namespace omen::reading_test {

using namespace omen::literals;
using test::accepted;
using test::amended;
using test::another;
using test::buy;
using test::cancelled;
using test::execution;
using test::filled;
using test::rejected;
using test::state;

namespace {

const auto ours = buy("c-1");
const OrderRef by_client_id{.client_order_id = ClientOrderId{"c-1"}};
const OrderRef by_order_id{.order_id = OrderId{"o-c-1"}};

Reading reading_of(const std::vector<gw::Execution>& replay, std::uint64_t from = 1,
                   std::optional<std::uint64_t> issued = 3) {
    Reading reading({}, {.account = "default", .wallet = "0x1"}, {by_client_id, by_order_id});
    reading.begin_replay(from, issued);
    for (const auto& one : replay) reading.on(one);
    return reading;
}

Reading with_open(const std::vector<gw::OrderState>& open, const std::vector<gw::Execution>& replay = {}) {
    Reading reading({}, {.account = "default", .wallet = "0x1"}, {by_client_id, by_order_id});
    reading.on(gw::Orders{.wallet = "0x1", .orders = open});
    if (!replay.empty()) reading.begin_replay(1, replay.size());
    for (const auto& one : replay) reading.on(one);
    return reading;
}

gw::Execution named(const std::string& order_id, gw::Execution execution) {
    execution.order->order_id = OrderId{order_id};
    return execution;
}

} // namespace

TEST_CASE("a replay is whole where every sequence was seen, once or the same, in any order") {
    CHECK(reading_of({another(1), another(2), another(3)}).is_whole());
    CHECK(reading_of({another(3), another(1), another(2)}).is_whole());
    CHECK(reading_of({another(1), another(1), another(2), another(3)}).is_whole());
    CHECK(reading_of({another(2), another(3)}, 2).is_whole());
    CHECK(reading_of({}, 4).is_whole());
    CHECK(reading_of({}, 1, 0).is_whole());
    // What happens while it is read does not belong to it.
    CHECK(reading_of({another(1), another(2), another(3), another(5)}).is_whole());
}

TEST_CASE("a replay is not whole where a sequence is missing, or came as two things") {
    CHECK_FALSE(reading_of({another(1), another(3)}).is_whole());
    CHECK_FALSE(reading_of({another(2), another(3)}).is_whole());
    CHECK_FALSE(reading_of({another(1), another(2)}).is_whole());
    CHECK_FALSE(reading_of({another(1), another(1), another(3)}).is_whole());
    CHECK_FALSE(reading_of({another(1), another(3), another(4)}).is_whole());
    CHECK_FALSE(reading_of({another(1), another(2), another(2), accepted(2, ours), another(3)}).is_whole());
    auto of_another_wallet = another(2);
    of_another_wallet.wallet = "0x2";
    CHECK_FALSE(reading_of({another(1), of_another_wallet, another(3)}).is_whole());
}

TEST_CASE("a replay is not whole where none was read, or the exchange did not say how far it goes") {
    CHECK_FALSE(with_open({state(ours)}).is_whole());
    CHECK_FALSE(reading_of({another(1)}, 1, {}).is_whole());
}

TEST_CASE("a replay from beyond what was issued is not whole: the exchange began anew") {
    CHECK_FALSE(reading_of({}, 5).is_whole());
}

TEST_CASE("an announced gap is final: nothing more is to be expected, and it is not whole") {
    auto reading = reading_of({});
    CHECK_FALSE(reading.has_ended());
    reading.on(gw::DropCopyGap{.oldest_sequence = 3, .next_sequence = 4});
    CHECK_FALSE(reading.has_ended());
    reading.on(another(3));
    CHECK(reading.has_ended());
    CHECK(reading.gap().has_value());
    CHECK_FALSE(reading.is_whole());
}

TEST_CASE("a replay has ended where it is whole, where nothing is kept, or where its reset was announced") {
    CHECK(reading_of({another(1), another(2), another(3)}).has_ended());
    CHECK_FALSE(reading_of({another(1), another(2)}).has_ended());
    CHECK(reading_of({}, 4).has_ended());
    auto nothing_kept = reading_of({});
    nothing_kept.on(gw::DropCopyGap{.oldest_sequence = 4, .next_sequence = 4});
    CHECK(nothing_kept.has_ended());
    auto reset = reading_of({}, 9);
    CHECK_FALSE(reset.has_ended());
    reset.on(gw::DropCopyGap{.oldest_sequence = 4, .next_sequence = 4});
    CHECK(reset.has_ended());
}

TEST_CASE("an execution is found again only as it was") {
    auto seen = accepted(2, ours);
    seen.timestamp = Timestamp{7};
    const auto reading = reading_of({another(1), seen});
    CHECK(reading.has(ExecutionMark::of(seen)));
    seen.timestamp = Timestamp{8};
    CHECK_FALSE(reading.has(ExecutionMark::of(seen)));
    CHECK_FALSE(reading.has(ExecutionMark::of(accepted(1, ours))));
    CHECK_FALSE(reading.has(ExecutionMark::of(another(3))));
}

TEST_CASE("a reading whose open orders are another wallet's does not know whose it is") {
    Reading reading({}, {.account = "default", .wallet = "0x1"}, {});
    reading.on(gw::Orders{.wallet = "0X1", .orders = {}});
    CHECK(reading.holder().wallet == "0x1");
    reading.on(gw::Orders{.wallet = "0x2", .orders = {}});
    CHECK_FALSE(reading.holder().wallet.has_value());
    Reading unsaid({}, {.account = "default"}, {});
    unsaid.on(gw::Orders{.wallet = "0x2", .orders = {}});
    CHECK(unsaid.holder().wallet == "0x2");
}

TEST_CASE("only orders that are wanted are kept, by either id") {
    const auto reading = with_open({state(ours), state(buy("c-2"))}, {accepted(1, ours), accepted(2, buy("c-2"))});
    REQUIRE(reading.find(by_client_id).size() == 1);
    CHECK(reading.find(by_client_id) == reading.find(by_order_id));
    CHECK(reading.find({.client_order_id = ClientOrderId{"c-2"}}).empty());
    CHECK(reading.open().size() == 2);
}

TEST_CASE("an order is as its last execution left it, in whichever order they came, else as it is open") {
    const auto smaller = buy("c-1", 1_d);
    CHECK(with_open({state(ours)}).find(by_client_id).front()->state().size == 2_d);
    const auto reading = reading_of({filled(3, smaller), amended(2, smaller), accepted(1, ours), amended(2, smaller)});
    const auto& order = *reading.find(by_client_id).front();
    CHECK(order.events.size() == 3);
    CHECK(order.state().status == OrderStatus::filled);
    REQUIRE(order.placed() != nullptr);
    CHECK(order.placed()->sequence == 1);
    CHECK(order.placed()->order.size == 2_d);
}

TEST_CASE("what became of an order before the replay began is not known") {
    const auto reading = reading_of({cancelled(3, ours)}, 3);
    CHECK(reading.find(by_client_id).front()->placed() == nullptr);
}

TEST_CASE("orders of one client id: what was taken before what was rejected, the later before the earlier") {
    const auto reading = reading_of(
        {named("o-1", cancelled(1, ours)), named("o-2", accepted(2, ours)), named("o-3", rejected(3, ours))});
    const auto found = reading.find(by_client_id);
    REQUIRE(found.size() == 3);
    CHECK(found[0]->state().order_id == OrderId{"o-2"});
    CHECK(found[1]->state().order_id == OrderId{"o-1"});
    CHECK(found[2]->state().order_id == OrderId{"o-3"});
}

TEST_CASE("an order of which the exchange gives only one id is known by that one") {
    auto nameless = accepted(1, ours);
    nameless.order->order_id.reset();
    CHECK(reading_of({nameless}).find(by_client_id).size() == 1);
    auto foreign = accepted(1, ours);
    foreign.order->client_order_id.reset();
    CHECK(reading_of({foreign}).find(by_order_id).size() == 1);
}

TEST_CASE("references mean the same order where they share an id") {
    const OrderRef both{.order_id = OrderId{"o-c-1"}, .client_order_id = ClientOrderId{"c-1"}};
    CHECK(both.meets(by_client_id));
    CHECK(by_order_id.meets(both));
    CHECK_FALSE(by_order_id.meets(by_client_id));
    CHECK(both.is(state(ours)));
    CHECK_FALSE(both.is(state(buy("c-2"))));
    CHECK(ref_of(gw::TradingCommand(ours))->meets(by_client_id));
    CHECK_FALSE(ref_of(gw::TradingCommand(gw::CancelAll{})).has_value());
}

TEST_CASE("an order has ended by a status that is known to be an end") {
    CHECK_FALSE(has_ended(state(ours)));
    CHECK_FALSE(has_ended(state(ours, OrderStatus::partially_filled)));
    for (const auto end : {OrderStatus::filled, OrderStatus::cancelled, OrderStatus::rejected, OrderStatus::expired})
        CHECK(has_ended(state(ours, end)));
    auto odd = state(ours);
    odd.status = Open<OrderStatus>::of_name("parked");
    CHECK_FALSE(has_ended(odd));
    odd.status.reset();
    CHECK_FALSE(has_ended(odd));
}

} // namespace omen::reading_test
