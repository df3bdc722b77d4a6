#include "client/trading/entry_evidence.hpp"
#include "client/trading/orders.hpp"
#include "support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace omen::entry_evidence_test {

using namespace omen::literals;

namespace {

const Moment intended{{1'000'000}, "a boot", 1'000'000};
const Moment much_later{{9'000'000}, "a boot", 9'000'000};

gw::Order order_of(const std::string& id) {
    gw::Order order;
    order.client_order_id = {id};
    order.market_id = MarketId{1};
    order.side = Side::buy;
    order.price = 99_d;
    order.size = 1_d;
    return order;
}

JournalEntry entry_of(const std::string& name, gw::TradingCommand command) {
    JournalEntry entry;
    entry.entry = name;
    entry.command = std::move(command);
    entry.identity = "alice";
    entry.intended = intended;
    entry.last_sign = intended;
    entry.session = {.account = "alice", .wallet = "0xA11CE", .sequence = 0};
    return entry;
}

JournalEntry with_outcome(JournalEntry entry, JournalOutcome outcome) {
    entry.outcome = std::move(outcome);
    return entry;
}

gw::OrderState state_of(const gw::Order& order) {
    gw::OrderState state;
    state.order_id = OrderId{"o-1"};
    state.client_order_id = order.client_order_id;
    state.market_id = order.market_id;
    state.side = order.side;
    state.price = order.price;
    state.size = order.size;
    state.order_type = order.order_type;
    state.status = OrderStatus::open;
    return state;
}

/// The record of a wallet to which at most one thing has happened: this order was placed.
Reading record_of(const std::vector<JournalEntry>& entries, const std::optional<gw::Order>& placed) {
    Reading reading(Clock::time_point{}, {.account = "alice", .wallet = "0xA11CE"}, orders_of(entries));
    gw::Orders open;
    open.wallet = "0xA11CE";
    if (placed) open.orders.push_back(state_of(*placed));
    reading.on(open);
    reading.begin_replay(1, placed ? 1 : 0);
    if (placed) {
        gw::Execution execution;
        execution.wallet = "0xA11CE";
        execution.sequence = 1;
        execution.event = ExecutionEvent::accepted;
        execution.order = open.orders.front();
        reading.on(execution);
    }
    return reading;
}

std::vector<std::string> outcomes_of(const Resolution& resolution) {
    std::vector<std::string> outcomes;
    for (const auto& entry : resolution.entries) outcomes.push_back(entry.outcome->outcome);
    return outcomes;
}

using Outcomes = std::vector<std::string>;

} // namespace

TEST_CASE("an order under the name of an earlier one of ours is not that one") {
    const auto order = order_of("c-1");
    const std::vector both{entry_of("p-1", order), entry_of("p-2", order)};
    const auto record = record_of(both, order);

    CHECK(outcomes_of(resolve(both, both, record, much_later)) == Outcomes{"done", "refused"});

    const auto first = with_outcome(both[0], {.outcome = "done", .order_id = OrderId{"o-1"}});
    CHECK(outcomes_of(resolve({both[1]}, {first, both[1]}, record, much_later)) == Outcomes{"refused"});

    // Of a process that still lives, say.
    CHECK(outcomes_of(resolve({both[1]}, both, record, much_later)) == Outcomes{"unknown"});

    const auto never = with_outcome(both[0], {.outcome = "not_sent"});
    CHECK(outcomes_of(resolve({both[1]}, {never, both[1]}, record, much_later)) == Outcomes{"done"});
}

TEST_CASE("what became of a cancel is not known while the order itself is unresolved") {
    const auto order = entry_of("p-1", order_of("c-1"));
    const auto cancel = entry_of("p-2", gw::Cancel{.client_order_id = ClientOrderId{"c-1"}});
    const auto record = record_of({order, cancel}, std::nullopt);
    const auto soon = intended;

    CHECK(outcomes_of(resolve({order, cancel}, {order}, record, soon)) == Outcomes{"unknown", "unknown"});
    CHECK(outcomes_of(resolve({cancel}, {order}, record, much_later)) == Outcomes{"unknown"});
    CHECK(outcomes_of(resolve({order, cancel}, {order}, record, much_later))[0] == "not_executed");
}

TEST_CASE("only what is this identity's is looked at, or does not say whose it is") {
    auto nobodys = entry_of("p-2", order_of("c-2"));
    nobodys.identity.reset();
    std::vector entries{entry_of("p-1", order_of("c-1")), nobodys};

    keep_own(entries, "bob");

    REQUIRE(entries.size() == 1);
    CHECK(entries[0].entry == "p-2");
}

TEST_CASE("what counted as not executed is only shown again when it was executed after all") {
    const auto order = order_of("c-1");
    const auto concluded = with_outcome(entry_of("p-1", order), {.outcome = "not_executed"});

    CHECK(resolve({concluded}, {concluded}, record_of({concluded}, std::nullopt), much_later).entries.empty());

    const auto revived = resolve({concluded}, {concluded}, record_of({concluded}, order), much_later);
    CHECK(revived.revived == std::vector<std::string>{"p-1"});
    CHECK(outcomes_of(revived) == Outcomes{"done"});
}

} // namespace omen::entry_evidence_test
