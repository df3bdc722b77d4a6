#include "sandbox/faults/fault_plan.hpp"
#include "support/catch.hpp"

namespace omen::fault_plan_test {

using namespace omen::sandbox;

namespace {

FaultPlan plan_of(const std::vector<std::string>& faults, std::uint64_t seed = 1) {
    FaultPlan plan(seed);
    for (const auto& fault : faults) plan.add(FaultSpec::parse(fault));
    return plan;
}

/// What becomes of this many orders: the first letter of the fault that strikes each, or a dot.
std::string orders(FaultPlan& plan, int count) {
    std::string fates;
    for (int i = 0; i < count; ++i) {
        const auto* fault = plan.on_command(CommandKind::order);
        fates += fault == nullptr ? '.' : fault->text.front();
    }
    return fates;
}

std::string fates_of(const std::vector<std::string>& faults, int count = 8) {
    auto plan = plan_of(faults);
    return orders(plan, count);
}

} // namespace

TEST_CASE("without faults nothing happens") {
    FaultPlan plan;
    CHECK(plan.is_empty());
    CHECK(plan.on_command(CommandKind::order) == nullptr);
    CHECK(plan.on_delta(1, MarketId(1)) == nullptr);
    CHECK(plan.on_snapshot(MarketId(1)) == nullptr);
    CHECK(plan.on_replayed(1, 1, false) == nullptr);
    CHECK(plan.on_frame(Endpoint::gateway) == nullptr);
    CHECK(plan.on_connection(Endpoint::rest) == nullptr);
    CHECK(plan.on_request("/") == nullptr);
}

TEST_CASE("nth, every and count say which occasions a fault strikes") {
    CHECK(fates_of({"close-after"}) == "c.......");
    CHECK(fates_of({"close-after:nth=3"}) == "..c.....");
    CHECK(fates_of({"close-after:nth=3,count=2"}) == "..cc....");
    CHECK(fates_of({"close-after:count=3"}) == "ccc.....");
    CHECK(fates_of({"close-after:every=3"}) == "..c..c..");
    CHECK(fates_of({"close-after:every=3,count=1"}) == "..c.....");
    CHECK(fates_of({"close-after:nth=2,every=3"}) == ".c..c..c");
    CHECK(fates_of({"close-after:chance=1/1"}) == "cccccccc");
}

TEST_CASE("chance is drawn from the seed: a run repeats") {
    auto plan = plan_of({"close-after:chance=1/4"}, 7);
    auto again = plan_of({"close-after:chance=1/4"}, 7);
    auto other = plan_of({"close-after:chance=1/4"}, 8);
    const auto fates = orders(plan, 400);
    CHECK(fates == orders(again, 400));
    CHECK(fates != orders(other, 400));
    const auto struck = std::count(fates.begin(), fates.end(), 'c');
    CHECK(struck > 60);
    CHECK(struck < 140);
}

TEST_CASE("one fault strikes at a time; another that was due waits for the next occasion") {
    CHECK(fates_of({"close-after", "stall-after"}) == "cs......");
    CHECK(fates_of({"stall-after:nth=2", "close-after:nth=2", "reset-after:nth=4"}) == ".scr....");
}

TEST_CASE("only the commands asked for are struck, and counted") {
    auto plan = plan_of({"close-after:command=cancel,nth=2"});
    CHECK(orders(plan, 3) == "...");
    CHECK(plan.on_command(CommandKind::cancel) == nullptr);
    CHECK(plan.on_command(CommandKind::cancel_all) == nullptr);
    CHECK(plan.on_command(CommandKind::cancel) != nullptr);
}

TEST_CASE("deltas are counted for each session and market on its own") {
    auto plan = plan_of({"gap:nth=2"});
    const MarketId btc(1);
    const MarketId eth(2);
    CHECK(plan.on_delta(1, btc) == nullptr);
    CHECK(plan.on_delta(1, eth) == nullptr);
    CHECK(plan.on_delta(2, btc) == nullptr);
    CHECK(plan.on_delta(1, btc) != nullptr);
    CHECK(plan.on_delta(1, btc) == nullptr);
    CHECK(plan.on_delta(2, btc) != nullptr);
    CHECK(plan.on_delta(1, eth) != nullptr);
    const auto status = plan.list().at(0);
    CHECK(status.seen == 7);
    CHECK(status.struck == 3);
}

TEST_CASE("replayed executions are counted for each replay on its own; of one sequence, the replays that have it") {
    auto plan = plan_of({"replay-hole:nth=2"});
    const auto replay = [&plan] {
        const auto number = plan.next_replay();
        std::string fates;
        for (const std::uint64_t sequence : {7, 8, 9})
            fates += plan.on_replayed(number, sequence, sequence == 9) == nullptr ? '.' : '!';
        return fates;
    };
    CHECK(replay() == ".!.");
    CHECK(replay() == ".!.");
    plan.clear();
    plan.add(FaultSpec::parse("replay-hole:sequence=8"));
    CHECK(replay() == ".!.");
    CHECK(replay() == "...");
    CHECK(plan.list().at(0).seen == 2);
    plan.add(FaultSpec::parse("replay-double:sequence=9,every=1"));
    CHECK(replay() == "..!");
    CHECK(replay() == "..!");
    plan.clear();
    plan.add(FaultSpec::parse("replay-reorder:every=1"));
    CHECK(replay() == "!!.");
}

TEST_CASE("a market, a endpoint or a path narrows a fault down") {
    auto plan = plan_of({"gap:market=2", "gap-storm:market=2", "stall:endpoint=gateway",
                         "refuse-connections:endpoint=rest", "http:status=500,path=/api"});
    CHECK(plan.on_delta(1, MarketId(1)) == nullptr);
    CHECK(plan.on_delta(1, MarketId(2)) != nullptr);
    CHECK(plan.on_snapshot(MarketId(1)) == nullptr);
    CHECK(plan.on_snapshot(MarketId(2)) != nullptr);
    CHECK(plan.on_frame(Endpoint::market_data) == nullptr);
    CHECK(plan.on_frame(Endpoint::gateway) != nullptr);
    CHECK(plan.on_connection(Endpoint::gateway) == nullptr);
    CHECK(plan.on_connection(Endpoint::rest) != nullptr);
    CHECK(plan.on_request("/health") == nullptr);
    CHECK(plan.on_request("/api/v1/markets") != nullptr);
}

TEST_CASE("faults are listed with what they did, and cleared by name or all") {
    auto plan = plan_of({"close-after:nth=2", "gap", "retention:events=3", "close-after"});
    orders(plan, 3);
    const auto list = plan.list();
    REQUIRE(list.size() == 4);
    CHECK(list[0].fault == "close-after:nth=2");
    CHECK(list[0].seen == 3);
    CHECK(list[0].struck == 1);
    CHECK(list[0].limit == 1U);
    CHECK(plan.find(FaultKind::retention)->events == 3);
    plan.clear(FaultKind::close_after);
    CHECK(plan.list().size() == 2);
    plan.clear(FaultKind::retention);
    CHECK(plan.find(FaultKind::retention) == nullptr);
    plan.clear();
    CHECK(plan.is_empty());
}

} // namespace omen::fault_plan_test
