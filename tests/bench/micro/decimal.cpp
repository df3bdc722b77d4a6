#include "core/decimal.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <string_view>

namespace omen::bench {

namespace {

constexpr std::string_view wire_price = "65000500000000000000000";

void decimal_parse(benchmark::State& state) {
    std::string_view text = "65000.5";
    for (auto _ : state) {
        benchmark::DoNotOptimize(text);
        benchmark::DoNotOptimize(Decimal::parse(text));
    }
}
BENCHMARK(decimal_parse);

void decimal_parse_scaled(benchmark::State& state) {
    auto text = wire_price;
    for (auto _ : state) {
        benchmark::DoNotOptimize(text);
        benchmark::DoNotOptimize(Decimal::parse_scaled(text));
    }
}
BENCHMARK(decimal_parse_scaled);

void decimal_print(benchmark::State& state) {
    auto amount = Decimal::parse_scaled(wire_price);
    std::string out;
    for (auto _ : state) {
        benchmark::DoNotOptimize(amount);
        out.clear();
        amount.append_text(out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(decimal_print);

void decimal_print_scaled(benchmark::State& state) {
    auto amount = Decimal::parse_scaled(wire_price);
    std::string out;
    for (auto _ : state) {
        benchmark::DoNotOptimize(amount);
        out.clear();
        amount.append_scaled(out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(decimal_print_scaled);

void decimal_add(benchmark::State& state) {
    auto left = Decimal::parse_scaled(wire_price);
    auto right = Decimal::parse("0.0005");
    for (auto _ : state) {
        benchmark::DoNotOptimize(left);
        benchmark::DoNotOptimize(right);
        benchmark::DoNotOptimize(left + right);
    }
}
BENCHMARK(decimal_add);

void decimal_multiply_divide(benchmark::State& state) {
    auto price = Decimal::parse_scaled(wire_price);
    auto size = Decimal::parse("12.345");
    auto leverage = Decimal::whole(20);
    for (auto _ : state) {
        benchmark::DoNotOptimize(price);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(multiply_divide(price, size, leverage, Rounding::away_from_zero));
    }
}
BENCHMARK(decimal_multiply_divide);

} // namespace

} // namespace omen::bench
