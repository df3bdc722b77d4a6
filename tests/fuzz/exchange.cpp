// The exchange, driven by whatever commands the bytes spell: two wallets and the house, in a market of a few prices or
// at the ends of the range. Whatever comes, everything adds up after every command, no book is crossed, no reduce-only
// order flips or opens a position, and sequences follow each other.

#include "fuzz/check.hpp"
#include "support/exchange_commands.hpp"

#include <fuzzer/FuzzedDataProvider.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider input(data, size);
    const auto draw = [&input](std::size_t bound) { return input.ConsumeIntegralInRange<std::size_t>(0, bound - 1); };
    const bool at_the_ends = input.ConsumeBool();
    omen::sandbox::ExchangeCommands<decltype(draw)> world(draw, at_the_ends);
    for (int steps = 0; steps < 100 && input.remaining_bytes() > 0; ++steps) {
        world.step();
        omen::fuzz::check(world.faults().empty(), "everything adds up");
    }
    return 0;
}
