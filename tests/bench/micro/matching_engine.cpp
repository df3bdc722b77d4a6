#include "sandbox/matching/matching_engine.hpp"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

namespace omen::bench {

namespace {

using namespace omen::sandbox;

constexpr std::size_t resting_orders = 1000;

NewOrder order(std::mt19937_64& random) {
    const auto side = random() % 2 == 0 ? Side::buy : Side::sell;
    const auto away = static_cast<std::int64_t>(1 + random() % 100);
    return {.owner = static_cast<Owner>(1 + random() % 100),
            .side = side,
            .price = Decimal::whole(10'000 + (side == Side::buy ? -away : away)),
            .size = Decimal::whole(1 + random() % 5)};
}

/// Takes what is there, at any price of the others.
NewOrder taker(std::mt19937_64& random) {
    auto taker = order(random);
    taker.price = Decimal::whole(taker.side == Side::buy ? 10'100 : 9'900);
    taker.time_in_force = TimeInForce::ioc;
    return taker;
}

/// A market of a hundred users without accounts. Of five commands two rest an order on one of a hundred levels a side,
/// two cancel the oldest one that was not cancelled yet (many of them have been filled by then), one takes.
class Flow {
  public:
    Flow() {
        std::mt19937_64 random{1};
        for (std::size_t i = 0; i < 30'000; ++i) orders_.push_back(i % 3 == 2 ? taker(random) : order(random));
        while (resting_.size() < resting_orders) place();
    }

    void step() {
        // Rest, cancel, rest, cancel, take.
        const auto turn = turn_++ % 5;
        turn == 1 || turn == 3 ? cancel() : place();
        benchmark::DoNotOptimize(engine_.take_changes());
    }

    std::size_t fills() const { return fills_; }
    std::size_t levels() const { return engine_.bids().size() + engine_.asks().size(); }

  private:
    void place() {
        auto& order = orders_[next_];
        next_ = next_ + 1 == orders_.size() ? 0 : next_ + 1;
        order.key = ++last_;
        if (order.time_in_force == TimeInForce::gtc) resting_.push_back(order.key);
        fills_ += engine_.place(order).fills.size();
    }
    void cancel() {
        benchmark::DoNotOptimize(engine_.cancel(resting_.front()));
        resting_.pop_front();
    }

    MatchingEngine engine_;
    std::vector<NewOrder> orders_;
    std::deque<OrderKey> resting_; ///< or filled since
    OrderKey last_ = 0;
    std::size_t next_ = 0;
    std::size_t turn_ = 0;
    std::size_t fills_ = 0;
};

/// `items_per_second` counts commands, cancels included; each is followed by asking for the next delta, as the sandbox
/// does.
void matching_engine(benchmark::State& state) {
    Flow flow;
    for (auto _ : state) flow.step();
    state.SetItemsProcessed(state.iterations());
    state.counters["fills_per_command"] = static_cast<double>(flow.fills()) / static_cast<double>(state.iterations());
    state.counters["levels"] = static_cast<double>(flow.levels());
}
BENCHMARK(matching_engine);

} // namespace

} // namespace omen::bench
