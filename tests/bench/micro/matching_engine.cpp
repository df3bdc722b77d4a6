#include "sandbox/matching_engine.hpp"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <random>
#include <vector>

namespace omen::bench {

namespace {

using namespace omen::sandbox;

/// What one participant does at one moment.
struct Act {
    bool cancels = false; ///< a resting order, otherwise it places one
    std::size_t which = 0;
    NewOrder order{};
};

/// Of ten commands four rest an order near the best price, four cancel one that was placed lately, and two take what is
/// there: the book neither empties nor grows without end.
std::vector<Act> flow() {
    std::mt19937_64 random{1};
    std::vector<Act> acts;
    for (std::size_t i = 0; i < 100'000; ++i) {
        const auto kind = random() % 10;
        const auto side = random() % 2 == 0 ? Side::buy : Side::sell;
        const auto away = static_cast<std::int64_t>(1 + random() % 50);
        Act act{.cancels = kind < 4, .which = random() % 200};
        act.order = {.owner = static_cast<Owner>(1 + random() % 100),
                     .side = side,
                     .price = Decimal::whole(10'000 + (side == Side::buy ? -away : away)),
                     .size = Decimal::whole(static_cast<std::int64_t>(1 + random() % 5))};
        if (kind >= 8) {
            act.order.price = Decimal::whole(10'000 + (side == Side::buy ? 50 : -50));
            act.order.size = Decimal::whole(static_cast<std::int64_t>(1 + random() % 10));
            act.order.time_in_force = TimeInForce::ioc;
        }
        acts.push_back(act);
    }
    return acts;
}

/// Commands of users, one market, no accounts: `items_per_second` counts commands, cancels included.
void matching_engine(benchmark::State& state) {
    const auto acts = flow();
    MatchingEngine engine;
    OrderKey last = 0;
    std::size_t next = 0;
    std::int64_t fills = 0;
    for (auto _ : state) {
        const auto& act = acts[next];
        next = next + 1 == acts.size() ? 0 : next + 1;
        if (act.cancels) {
            benchmark::DoNotOptimize(engine.cancel(last < act.which ? 0 : last - act.which));
        } else {
            auto order = act.order;
            order.key = ++last;
            fills += static_cast<std::int64_t>(engine.place(order).fills.size());
        }
        benchmark::DoNotOptimize(engine.take_changes());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["fills_per_command"] = static_cast<double>(fills) / static_cast<double>(state.iterations());
    state.counters["levels"] = static_cast<double>(engine.bids().size() + engine.asks().size());
}
BENCHMARK(matching_engine);

} // namespace

} // namespace omen::bench
