#include "bench/feed.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/wire/json.hpp"

#include <benchmark/benchmark.h>
#include <string>

namespace omen::bench {

namespace {

std::string delta_payload() {
    return std::string(DeltaFeed(MarketId(1)).next(1).substr(header_size));
}

std::string trade_payload() {
    return trade_frames(MarketId(1)).substr(header_size, payload_size);
}

/// Into the memory of the one before, as the feed does it.
void decode_delta(benchmark::State& state) {
    const auto bytes = delta_payload();
    md::OrderbookDelta delta;
    for (auto _ : state) {
        wire::decode_into(bytes, delta);
        benchmark::DoNotOptimize(delta);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}
BENCHMARK(decode_delta);

void decode_any_delta(benchmark::State& state) {
    const auto bytes = delta_payload();
    for (auto _ : state) benchmark::DoNotOptimize(wire::decode_any<md::Event>(bytes));
}
BENCHMARK(decode_any_delta);

void decode_trade(benchmark::State& state) {
    const auto bytes = trade_payload();
    for (auto _ : state) benchmark::DoNotOptimize(wire::decode_any<md::Event>(bytes));
}
BENCHMARK(decode_trade);

void print_delta(benchmark::State& state) {
    const auto delta = wire::decode<md::OrderbookDelta>(delta_payload());
    std::string out;
    for (auto _ : state) {
        out.clear();
        wire::JsonWriter writer(out);
        wire::write_fields<wire::Layout::map>(writer, delta);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(print_delta);

void encode_order(benchmark::State& state) {
    gw::Order order;
    order.id = 7;
    order.client_order_id = {"omenctl-1700000000000-1"};
    order.market_id = MarketId(1);
    order.price = Decimal::parse("3499.95");
    order.size = Decimal::parse("0.5");
    std::string out;
    for (auto _ : state) {
        out.clear();
        wire::encode(out, order);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_order);

} // namespace

} // namespace omen::bench
