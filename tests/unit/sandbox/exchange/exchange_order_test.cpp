#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

namespace omen::exchange_order_test {

using namespace omen::sandbox;

using Event = ExecutionEvent;
using Events = std::vector<ExecutionEvent>;

TEST_CASE("an order that meets nothing is open, and the answer carries the command's id") {
    World world;
    const auto answer = world.buy(alice, 99.5_d, 2_d);
    CHECK(answer.id == 1);
    CHECK(answer.client_order_id->value == "c1");
    CHECK(answer.status == OrderStatus::open);
    CHECK(answer.filled_size == 0_d);
    CHECK_FALSE(answer.average_price);
    CHECK(world.events_of(alice) == Events{Event::accepted});
}

TEST_CASE("an order that fills at once is accepted, then filled, and its answer has the average price") {
    World world;
    const auto answer = world.buy(alice, 102_d, 20_d);
    CHECK(answer.status == OrderStatus::filled);
    CHECK(answer.average_price == 101.5_d);
    CHECK(world.events_of(alice) == Events{Event::accepted, Event::filled, Event::filled});
    CHECK(world.executions[0].order->status == OrderStatus::open);
    CHECK(world.executions[1].order->status == OrderStatus::partially_filled);
    CHECK(world.executions[1].order->filled_size == 10_d);
    CHECK(world.executions[2].order->status == OrderStatus::filled);
}

TEST_CASE("a fill tells each side its trade, fee and liquidity") {
    World world;
    world.sell(bob, 100_d, 1_d);
    world.buy(alice, 100_d, 1_d);
    const auto& maker = world.executions[2];
    const auto& taker = world.executions[3];
    CHECK((maker.wallet == bob && maker.liquidity == Liquidity::maker && maker.fee == -0.01_d));
    CHECK((taker.wallet == alice && taker.liquidity == Liquidity::taker && taker.fee == 0.05_d));
    CHECK((taker.price == 100_d && taker.size == 1_d && taker.trade_id == maker.trade_id));
    REQUIRE(world.trades.size() == 1);
    CHECK((world.trades[0].trade_id == taker.trade_id && world.trades[0].side == Side::buy));
}

TEST_CASE("the rest of an ioc order is cancelled") {
    World world;
    auto order = world.limit(Side::buy, 101_d, 15_d);
    order.time_in_force = TimeInForce::ioc;
    const auto answer = world.place(alice, order);
    CHECK(answer.status == OrderStatus::cancelled);
    CHECK(answer.filled_size == 10_d);
    CHECK(world.events_of(alice) == Events{Event::accepted, Event::filled, Event::cancelled});
    CHECK(world.exchange.orders(alice).orders.empty());
}

TEST_CASE("malformed orders are refused by rule and in plain words") {
    World world;
    const auto off_tick = world.exchange.order(alice, world.limit(Side::buy, 99.7_d, 1_d), world.now);
    CHECK(std::get<gw::OrderRejected>(off_tick).code == "invalid_price");
    CHECK(std::get<gw::OrderRejected>(off_tick).message == "price 99.7 is not a multiple of the tick 0.5");
    CHECK(world.refusal(alice, world.limit(Side::buy, 0_d, 1_d)) == "invalid_price");
    CHECK(world.refusal(alice, world.limit(Side::buy, 99_d, 1.05_d)) == "invalid_size");
    CHECK(world.refusal(alice, world.limit(Side::buy, 99_d, 0.1_d)) == "invalid_size");
    CHECK(world.refusal(alice, world.limit(Side::buy, 99_d, -1_d)) == "invalid_size");
}

TEST_CASE("price, type and time in force must go together") {
    World world;
    auto without_price = world.limit(Side::buy, 99_d, 1_d);
    without_price.price.reset();
    auto priced_market = world.market(Side::buy, 1_d);
    priced_market.price = 99_d;
    auto resting_market = world.market(Side::buy, 1_d);
    resting_market.time_in_force = TimeInForce::gtc;
    auto post_only_ioc = world.limit(Side::buy, 99_d, 1_d);
    post_only_ioc.time_in_force = TimeInForce::ioc;
    post_only_ioc.post_only = true;
    for (const auto& order : {without_price, priced_market, resting_market, post_only_ioc})
        CHECK(world.refusal(alice, order) == "invalid_message");
}

TEST_CASE("the book's refusals have the protocol's codes") {
    World world;
    auto post_only = world.limit(Side::buy, 101_d, 1_d);
    post_only.post_only = true;
    CHECK(world.refusal(alice, post_only) == "would_cross");
    auto fok = world.limit(Side::buy, 101_d, 11_d);
    fok.time_in_force = TimeInForce::fok;
    CHECK(world.refusal(alice, fok) == "would_not_fill");
    auto ioc = world.limit(Side::buy, 100_d, 1_d);
    ioc.time_in_force = TimeInForce::ioc;
    CHECK(world.refusal(alice, ioc) == "not_filled");
    CHECK(world.deltas.empty());
}

TEST_CASE("a refused order is in the drop-copy, and its client order id is used up") {
    World world;
    auto order = world.limit(Side::buy, 99.7_d, 1_d);
    world.refusal(alice, order);
    CHECK(world.events_of(alice) == Events{Event::rejected});
    CHECK(world.executions[0].order->status == OrderStatus::rejected);
    CHECK(world.accounts.empty());
    order.price = 99.5_d;
    CHECK(world.refusal(alice, order) == "duplicate_client_order_id");
}

TEST_CASE("an order of no known market or with an impossible client order id leaves no trace") {
    World world;
    auto order = world.limit(Side::buy, 99_d, 1_d);
    order.market_id = MarketId{7};
    CHECK(world.refusal(alice, order) == "unknown_market");
    order.market_id = btc;
    order.client_order_id = {"no blanks"};
    CHECK(world.refusal(alice, order) == "invalid_message");
    CHECK(world.exchange.last_sequence(alice) == 0);
}

TEST_CASE("a client order id is unique for each wallet until 24 hours after the order's end") {
    World world;
    const auto order = world.limit(Side::buy, 99_d, 1_d);
    world.place(alice, order);
    world.place(bob, order);
    CHECK(world.refusal(alice, order) == "duplicate_client_order_id");
    world.exchange.cancel(alice, {.id = 1, .order_id = {}, .client_order_id = order.client_order_id}, world.now);
    world.now.ms += 24 * 3'600'000;
    CHECK(world.refusal(alice, order) == "duplicate_client_order_id");
    world.now.ms += 1;
    CHECK(world.place(alice, order).status == OrderStatus::open);
    CHECK(world.refusal(bob, order) == "duplicate_client_order_id");
}

TEST_CASE("self-trade prevention cancels the own resting order before the fill") {
    World world;
    world.sell(alice, 100_d, 1_d);
    world.forget_events();
    const auto answer = world.buy(alice, 101_d, 1_d);
    CHECK(answer.average_price == 101_d);
    CHECK(world.events_of(alice) == Events{Event::accepted, Event::cancelled, Event::filled});
    CHECK(world.executions[1].order->client_order_id->value == "c1");
    CHECK(world.executions[1].reason == "stp");
    CHECK_FALSE(world.executions[2].reason);
}

TEST_CASE("a halted market takes no orders and no amends, but cancels") {
    auto halted = test_market(btc, "BTC");
    halted.status = "halted";
    Exchange exchange({halted, test_market(eth, "ETH")});
    exchange.fund(alice, 1000_d);
    const gw::Order order{.client_order_id = {"c1"}, .market_id = btc, .side = Side::buy, .price = 99_d, .size = 1_d};
    const auto answer = std::get<gw::OrderRejected>(exchange.order(alice, order, {0}));
    CHECK(answer.code == "market_halted");
    CHECK(answer.message == "BTC-PERP is halted; orders can be cancelled");
    CHECK(std::holds_alternative<gw::CancelledAll>(exchange.cancel_all(alice, {.market_id = btc}, {0})));
}

TEST_CASE("open orders are listed oldest first, until they end") {
    World world;
    const auto first = world.buy(alice, 90_d, 1_d);
    const auto second = world.buy(alice, 91_d, 1_d);
    world.buy(alice, 101_d, 1_d);
    const auto orders = world.exchange.orders(alice).orders;
    REQUIRE(orders.size() == 2);
    CHECK((orders[0].order_id == first.order_id && orders[1].order_id == second.order_id));
    CHECK(world.exchange.orders(bob).orders.empty());
}

// ---- cancel

TEST_CASE("an order is cancelled by either id, and the answer says what remained") {
    World world;
    const auto first = world.sell(alice, 100_d, 3_d);
    world.buy(bob, 100_d, 1_d);
    const auto answer =
        world.exchange.cancel(alice, {.id = 9, .order_id = first.order_id, .client_order_id = {}}, world.now);
    const auto& cancelled = std::get<gw::CancelAccepted>(answer);
    CHECK((cancelled.id == 9 && cancelled.remaining_size == 2_d));
    CHECK(world.executions.back().order->status == OrderStatus::cancelled);
    const auto second = world.sell(alice, 100_d, 3_d);
    const auto by_client_id =
        world.exchange.cancel(alice, {.id = 10, .order_id = {}, .client_order_id = second.client_order_id}, world.now);
    CHECK(std::get<gw::CancelAccepted>(by_client_id).order_id == second.order_id);
}

TEST_CASE("what is not there, has ended or is another wallet's can't be cancelled") {
    World world;
    const auto filled = world.buy(alice, 101_d, 1_d);
    const auto foreign = world.buy(bob, 99_d, 1_d);
    const auto open = world.buy(alice, 99_d, 1_d);
    REQUIRE(open.order_id->value == "o-3");
    for (const auto& id : {*filled.order_id, *foreign.order_id, OrderId{"o-77"}, OrderId{"o-03"}, OrderId{"3"}}) {
        const auto answer = world.exchange.cancel(alice, {.id = 9, .order_id = id, .client_order_id = {}}, world.now);
        CHECK(std::get<gw::CancelRejected>(answer).code == "unknown_order");
    }
}

TEST_CASE("a cancel must name exactly one id") {
    World world;
    const auto none = world.exchange.cancel(alice, {.id = 1, .order_id = {}, .client_order_id = {}}, world.now);
    CHECK(std::get<gw::CancelRejected>(none).code == "invalid_message");
}

TEST_CASE("cancel_all cancels the wallet's orders, of one market where it is named") {
    World world;
    world.buy(alice, 90_d, 1_d);
    auto other_market = world.limit(Side::buy, 90_d, 1_d);
    other_market.market_id = eth;
    world.place(alice, other_market);
    world.buy(bob, 90_d, 1_d);
    const auto one = world.exchange.cancel_all(alice, {.id = 1, .market_id = eth}, world.now);
    CHECK(std::get<gw::CancelledAll>(one).order_ids->size() == 1);
    const auto rest = world.exchange.cancel_all(alice, {.id = 2, .market_id = {}}, world.now);
    CHECK(std::get<gw::CancelledAll>(rest).order_ids->size() == 1);
    CHECK(world.exchange.orders(bob).orders.size() == 1);
}

TEST_CASE("cancel_all of an unknown market is an error with the command's id") {
    World world;
    const auto answer = world.exchange.cancel_all(alice, {.id = 3, .market_id = MarketId{7}}, world.now);
    CHECK(std::get<gw::ErrorReply>(answer).code == "unknown_market");
    CHECK(std::get<gw::ErrorReply>(answer).id == 3);
}

// ---- amend

namespace {

Exchange::AmendAnswer amend(World& world, const gw::OrderAccepted& order, std::optional<Decimal> price,
                            std::optional<Decimal> size) {
    return world.exchange.amend(
        alice, {.id = 9, .order_id = order.order_id, .client_order_id = {}, .price = price, .size = size}, world.now);
}

std::string amend_refusal(World& world, const gw::OrderAccepted& order, std::optional<Decimal> price,
                          std::optional<Decimal> size) {
    return std::get<gw::AmendRejected>(amend(world, order, price, size)).code.value();
}

} // namespace

TEST_CASE("an amend to less keeps priority; size is the total") {
    World world;
    const auto order = world.sell(alice, 100_d, 5_d);
    world.buy(bob, 100_d, 1_d);
    const auto answer = std::get<gw::AmendAccepted>(amend(world, order, {}, 3_d));
    CHECK(
        (answer.price == 100_d && answer.size == 3_d && answer.remaining_size == 2_d && answer.kept_priority == true));
    CHECK(world.executions.back().event == Event::amended);
    CHECK(world.executions.back().order->size == 3_d);
}

TEST_CASE("an amend to a price that crosses is amended, then filled") {
    World world;
    const auto order = world.buy(alice, 99_d, 1_d);
    world.forget_events();
    const auto answer = std::get<gw::AmendAccepted>(amend(world, order, 101_d, {}));
    CHECK((answer.remaining_size == 0_d && answer.kept_priority == false));
    CHECK(world.events_of(alice) == Events{Event::amended, Event::filled});
    CHECK(world.executions.back().liquidity == Liquidity::taker);
}

TEST_CASE("an amend that breaks a rule is refused and changes nothing") {
    World world;
    auto post_only = world.limit(Side::sell, 100_d, 5_d);
    post_only.post_only = true;
    const auto order = world.place(alice, post_only);
    world.buy(bob, 100_d, 2_d);
    CHECK(amend_refusal(world, order, {}, {}) == "invalid_message");
    CHECK(amend_refusal(world, order, 100.2_d, {}) == "invalid_price");
    CHECK(amend_refusal(world, order, {}, 2_d) == "invalid_size");
    CHECK(amend_refusal(world, order, 99_d, {}) == "would_cross");
    CHECK(amend_refusal(world, order, {}, 5000_d) == "insufficient_margin");
    CHECK(amend_refusal(world, {.order_id = OrderId{"o-77"}}, 99_d, {}) == "unknown_order");
    const auto state = world.exchange.orders(alice).orders.at(0);
    CHECK((state.price == 100_d && state.size == 5_d && state.filled_size == 2_d));
}

} // namespace omen::exchange_order_test
