#include "core/order_book.hpp"

#include "bench/feed.hpp"

#include <benchmark/benchmark.h>
#include <span>
#include <vector>

namespace omen::bench {

namespace {

/// A ring of deltas of seven or eight levels; levels go and come back.
std::vector<md::OrderbookDelta> deltas(std::size_t depth) {
    std::vector<md::OrderbookDelta> all;
    DeltaFeed feed(MarketId(1), depth);
    const auto frames = feed.next(SIZE_MAX);
    for (std::size_t at = 0; at < frames.size(); at += frame_size)
        all.push_back(wire::decode<md::OrderbookDelta>(frames.substr(at + header_size, payload_size)));
    return all;
}

void book_apply_delta(benchmark::State& state) {
    const auto depth = static_cast<std::size_t>(state.range(0));
    const auto all = deltas(depth);
    const auto whole = snapshot(MarketId(1));
    auto sequence = whole.sequence;
    OrderBook book;
    book.apply_snapshot(sequence, whole.timestamp, std::span(whole.bids).first(depth),
                        std::span(whole.asks).first(depth));
    for (auto _ : state) {
        const auto& delta = all[sequence % all.size()];
        ++sequence;
        benchmark::DoNotOptimize(book.apply_delta(sequence, delta.timestamp, delta.bids, delta.asks));
    }
    if (sequence % 2 == 0 && book.bids().size() != depth) state.SkipWithError("the book has grown or shrunk");
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(book_apply_delta)->Arg(25)->Arg(book_levels);

void book_apply_snapshot(benchmark::State& state) {
    const auto whole = snapshot(MarketId(1));
    const auto depth = static_cast<std::size_t>(state.range(0));
    OrderBook book;
    for (auto _ : state)
        book.apply_snapshot(whole.sequence, whole.timestamp, std::span(whole.bids).first(depth),
                            std::span(whole.asks).first(depth));
}
BENCHMARK(book_apply_snapshot)->Arg(25)->Arg(book_levels);

} // namespace

} // namespace omen::bench
