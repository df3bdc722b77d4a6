// What became of a command whose answer was lost, judged from the exchange's records alone.

#include "client/trading/order_record.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"

namespace omen::order_record_test {

using namespace omen::literals;
using test::execution;
using test::state;
using Outcome = Fate::Outcome;

namespace {

const gw::Order an_order{.client_order_id = {"c-1"}, .market_id = MarketId(1), .price = 100_d, .size = 2_d};
const gw::Cancel a_cancel{.client_order_id = ClientOrderId{"c-1"}};
const gw::Amend an_amend{.client_order_id = ClientOrderId{"c-1"}, .price = 101_d};

enum class End { unread, complete, gap };

/// A record of the order c-1 with these open orders and executions.
OrderRecord record_of(const std::vector<gw::OrderState>& open, const std::vector<gw::Execution>& executions = {},
                      End end = End::complete) {
    OrderRecord record({{.order_id = OrderId{"o-c-1"}, .client_order_id = ClientOrderId{"c-1"}}});
    gw::Orders orders;
    orders.orders = open;
    record.on(orders);
    if (end == End::gap) record.on(gw::DropCopyGap{});
    for (const auto& one : executions) record.on(one);
    if (end != End::unread) record.on_end();
    return record;
}

gw::Order other(Decimal price, Decimal size = 2_d) {
    auto order = an_order;
    order.price = price;
    order.size = size;
    return order;
}

std::vector<gw::Execution> placed_and(OrderStatus status) {
    const auto event = status == OrderStatus::filled      ? ExecutionEvent::filled
                       : status == OrderStatus::cancelled ? ExecutionEvent::cancelled
                                                          : ExecutionEvent::expired;
    return {execution(1, ExecutionEvent::accepted, state(an_order)), execution(2, event, state(an_order, status))};
}

const std::vector<gw::Execution> amended_to_101_and_back{
    execution(1, ExecutionEvent::accepted, state(an_order)),
    execution(2, ExecutionEvent::amended, state(other(101_d))),
    execution(3, ExecutionEvent::amended, state(other(100_d))),
};

} // namespace

TEST_CASE("an order on record was executed, whatever the executions lack") {
    for (const auto end : {End::unread, End::complete, End::gap})
        for (const bool discarded : {false, true})
            CHECK(fate_of(an_order, record_of({state(an_order)}, {}, end), discarded).outcome == Outcome::executed);
    for (const auto status : {OrderStatus::filled, OrderStatus::cancelled, OrderStatus::expired}) {
        const auto fate = fate_of(an_order, record_of({}, placed_and(status)), false);
        CHECK(fate.outcome == Outcome::executed);
        CHECK(fate.order->status == status);
    }
}

TEST_CASE("an absent order was not executed only where nothing is missing and the exchange discarded the rest") {
    CHECK(fate_of(an_order, record_of({}), true).outcome == Outcome::not_executed);
    CHECK(fate_of(an_order, record_of({}), false).outcome == Outcome::unknown);
    CHECK(fate_of(an_order, record_of({}, {}, End::gap), true).outcome == Outcome::unknown);
    CHECK(fate_of(an_order, record_of({}, {}, End::unread), true).outcome == Outcome::unknown);
}

TEST_CASE("an order that the exchange rejected is refused") {
    const auto rejected = execution(1, ExecutionEvent::rejected, state(an_order, OrderStatus::rejected));
    const auto fate = fate_of(an_order, record_of({}, {rejected}), true);
    CHECK(fate.outcome == Outcome::refused);
    CHECK(fate.code == "rejected");
}

TEST_CASE("of two orders of one client order id, the one that was taken counts") {
    auto rejected = state(an_order, OrderStatus::rejected);
    rejected.order_id = OrderId{"o-0"};
    auto later = rejected;
    later.order_id = OrderId{"o-9"};
    const auto record = record_of({state(an_order)}, {execution(1, ExecutionEvent::rejected, rejected),
                                                      execution(2, ExecutionEvent::rejected, later)});
    CHECK(fate_of(an_order, record, true).outcome == Outcome::executed);
}

TEST_CASE("an older order of the same client order id is not taken for the one that was sent") {
    auto sell = an_order;
    sell.side = Side::sell;
    for (const auto& older : {other(99_d), other(100_d, 3_d), sell}) {
        const auto placed = execution(1, ExecutionEvent::accepted, state(older));
        const auto fate = fate_of(an_order, record_of({state(older)}, {placed}), true);
        CHECK(fate.outcome == Outcome::refused);
        CHECK(fate.code == "duplicate_client_order_id");
        // While only the open orders are known it may have been amended to this.
        CHECK(fate_of(an_order, record_of({state(older)}, {}, End::unread), true).outcome == Outcome::unknown);
        CHECK(fate_of(an_order, record_of({state(older)}, {}, End::gap), true).outcome == Outcome::unknown);
    }
}

TEST_CASE("an order that has been amended since is still the one that was sent") {
    const auto record = record_of({state(other(101_d))}, {execution(1, ExecutionEvent::accepted, state(an_order)),
                                                          execution(2, ExecutionEvent::amended, state(other(101_d)))});
    CHECK(fate_of(an_order, record, false).outcome == Outcome::executed);
}

TEST_CASE("a market order and a reduce-only one are recognised by what the exchange keeps of them") {
    auto market = an_order;
    market.order_type = OrderType::market;
    market.price.reset();
    auto known = state(market, OrderStatus::filled);
    known.price = 105_d;
    CHECK(fate_of(market, record_of({known}), false).outcome == Outcome::executed);

    auto reducing = an_order;
    reducing.reduce_only = true;
    known = state(an_order, OrderStatus::filled);
    known.size = 1_d;
    CHECK(fate_of(reducing, record_of({known}), false).outcome == Outcome::executed);
}

TEST_CASE("a cancel: the order is cancelled, has ended otherwise, or is open") {
    CHECK(fate_of(a_cancel, record_of({}, placed_and(OrderStatus::cancelled)), false).outcome == Outcome::executed);
    for (const auto status : {OrderStatus::filled, OrderStatus::expired}) {
        const auto fate = fate_of(a_cancel, record_of({}, placed_and(status)), false);
        CHECK(fate.outcome == Outcome::refused);
        CHECK(fate.code == "unknown_order");
    }
    for (const auto end : {End::unread, End::complete, End::gap}) {
        const auto record = record_of({state(an_order)}, {}, end);
        CHECK(fate_of(a_cancel, record, true).outcome == Outcome::not_executed);
        CHECK(fate_of(a_cancel, record, false).outcome == Outcome::unknown);
    }
}

TEST_CASE("a cancel or amend of an order that is not on record") {
    const gw::Cancel by_order_id{.order_id = OrderId{"o-c-1"}};
    CHECK(fate_of(by_order_id, record_of({}), false).outcome == Outcome::refused);
    CHECK(fate_of(by_order_id, record_of({}, {}, End::gap), true).outcome == Outcome::unknown);
    CHECK(fate_of(a_cancel, record_of({}), true).code == "unknown_order");
    CHECK(fate_of(an_amend, record_of({}), true).code == "unknown_order");
    // The order may still be on its way in front of it.
    CHECK(fate_of(a_cancel, record_of({}), false).outcome == Outcome::unknown);
    CHECK(fate_of(an_amend, record_of({}), false).outcome == Outcome::unknown);
}

TEST_CASE("an amend: the order is as it was to be") {
    CHECK(fate_of(an_amend, record_of({state(other(101_d))}, {}, End::unread), false).outcome == Outcome::executed);
    const gw::Amend both{.order_id = OrderId{"o-c-1"}, .price = 101_d, .size = 3_d};
    CHECK(fate_of(both, record_of({state(other(101_d, 3_d))}), false).outcome == Outcome::executed);
    CHECK(fate_of(both, record_of({state(other(101_d, 2_d))}), true).outcome == Outcome::not_executed);
}

TEST_CASE("an amend: the order never was as it was to be") {
    const std::vector placed{execution(1, ExecutionEvent::accepted, state(an_order))};
    CHECK(fate_of(an_amend, record_of({state(an_order)}, placed), true).outcome == Outcome::not_executed);
    CHECK(fate_of(an_amend, record_of({state(an_order)}, placed), false).outcome == Outcome::unknown);
    CHECK(fate_of(an_amend, record_of({state(an_order)}, {}, End::unread), true).outcome == Outcome::unknown);
    CHECK(fate_of(an_amend, record_of({state(an_order)}, {}, End::gap), true).outcome == Outcome::unknown);
    CHECK(fate_of(an_amend, record_of({}, placed_and(OrderStatus::filled)), false).code == "unknown_order");
    CHECK(fate_of(an_amend, record_of({}, placed_and(OrderStatus::filled), End::gap), true).outcome ==
          Outcome::unknown);
}

TEST_CASE("an amend: whether an earlier amendment to the same was this one can't be told") {
    const auto record = record_of({state(an_order)}, amended_to_101_and_back);
    CHECK(fate_of(an_amend, record, true).outcome == Outcome::unknown);
}

TEST_CASE("cancel all: no order is left, in the market that was named") {
    auto elsewhere = state(an_order);
    elsewhere.market_id = MarketId(2);
    CHECK(fate_of(gw::CancelAll{}, record_of({}, {}, End::unread), false).outcome == Outcome::executed);
    CHECK(fate_of(gw::CancelAll{.market_id = MarketId(1)}, record_of({elsewhere}), false).outcome == Outcome::executed);
    CHECK(fate_of(gw::CancelAll{}, record_of({elsewhere}), false).outcome == Outcome::unknown);
    // It may have been placed since: not even a closed session tells.
    CHECK(fate_of(gw::CancelAll{}, record_of({elsewhere}), true).outcome == Outcome::unknown);
}

TEST_CASE("the executions are read unless the open orders tell everything") {
    const auto open = [](const gw::OrderState& order) { return record_of({order}, {}, End::unread); };
    CHECK(is_settled({an_order}, open(state(an_order))));
    CHECK(is_settled({an_amend}, open(state(other(101_d)))));
    CHECK(is_settled({a_cancel, gw::CancelAll{}}, open(state(an_order))));
    CHECK_FALSE(is_settled({an_order}, open(state(other(99_d)))));
    CHECK_FALSE(is_settled({an_order, an_amend}, open(state(an_order))));
    CHECK_FALSE(is_settled({a_cancel}, record_of({}, {}, End::unread)));
}

TEST_CASE("what is missing or not known of an order neither agrees nor contradicts") {
    auto bare = state(an_order);
    bare.market_id.reset();
    bare.price.reset();
    bare.side = Open<Side>::of_name("short_sell");
    bare.order_type = Open<OrderType>::of_name("stop_limit");
    CHECK(fate_of(an_order, record_of({bare}), false).outcome == Outcome::executed);
    bare.side.reset();
    bare.order_type.reset();
    CHECK(fate_of(an_order, record_of({bare}), false).outcome == Outcome::executed);
    bare.size = 3_d;
    CHECK(fate_of(an_order, record_of({bare}, {}, End::unread), false).outcome == Outcome::unknown);
}

TEST_CASE("of an unknown event the order's status decides, and an unknown status decides nothing") {
    const auto busted = Open<OrderStatus>::of_name("busted");
    auto event = execution(2, ExecutionEvent::accepted, state(an_order, OrderStatus::cancelled));
    event.event = Open<ExecutionEvent>::of_name("busted");
    const auto placed = execution(1, ExecutionEvent::accepted, state(an_order));
    CHECK(fate_of(a_cancel, record_of({}, {placed, event}), false).outcome == Outcome::executed);
    event.order->status = busted;
    CHECK(fate_of(an_order, record_of({}, {placed, event}), false).outcome == Outcome::executed);
    for (const bool discarded : {false, true}) {
        CHECK(fate_of(a_cancel, record_of({}, {placed, event}), discarded).outcome == Outcome::unknown);
        CHECK(fate_of(an_amend, record_of({}, {placed, event}), discarded).outcome == Outcome::unknown);
    }
}

TEST_CASE("an order is recognised by whichever id its messages have") {
    auto only_exchanges = state(an_order, OrderStatus::cancelled);
    only_exchanges.client_order_id.reset();
    auto only_ours = state(an_order);
    only_ours.order_id.reset();
    const gw::Cancel by_client_id{.client_order_id = ClientOrderId{"c-1"}};
    const std::vector<gw::Execution> executions{execution(1, ExecutionEvent::accepted, state(an_order)),
                                                execution(2, ExecutionEvent::cancelled, only_exchanges)};
    CHECK(fate_of(by_client_id, record_of({}, executions), false).outcome == Outcome::executed);
    CHECK(fate_of(an_order, record_of({only_ours}), false).outcome == Outcome::executed);
}

TEST_CASE("an amend of a price that the exchange does not say can't be judged") {
    auto unpriced = state(an_order);
    unpriced.price.reset();
    for (const bool discarded : {false, true})
        CHECK(fate_of(an_amend, record_of({unpriced}), discarded).outcome == Outcome::unknown);
}

TEST_CASE("an open order that names no market may be one that a cancel of all was about") {
    auto somewhere = state(an_order);
    somewhere.market_id.reset();
    CHECK(fate_of(gw::CancelAll{.market_id = MarketId(9)}, record_of({somewhere}), true).outcome == Outcome::unknown);
    CHECK(fate_of(gw::CancelAll{.market_id = MarketId(9)}, record_of({state(an_order)}), true).outcome ==
          Outcome::executed);
}

} // namespace omen::order_record_test
