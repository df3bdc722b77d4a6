// A recording, read and then replayed twice through the whole exchange: no crossed book, and no sequence missing.

#include "core/error.hpp"
#include "fuzz/check.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/flow/replay.hpp"

using namespace omen;
using namespace omen::sandbox;

namespace {

struct Listener : ExchangeListener {
    void on_book(const md::OrderbookDelta& delta) override {
        auto& last = sequences[delta.market_id];
        if (last) fuzz::check(delta.sequence == *last + 1, "sequences follow each other");
        last = delta.sequence;
    }
    std::map<MarketId, std::optional<std::uint64_t>> sequences;
};

void replay(Recording recording) {
    const Timestamp now{1'700'000'000'000};
    Replay flow(std::move(recording), true);
    Exchange exchange(flow.markets());
    Listener listener;
    exchange.set_listener(&listener);
    flow.open(exchange, now);
    for (int step = 0; step < 200 && flow.due(); ++step) flow.step(exchange, now);
    for (const auto& market : flow.markets()) exchange.ticker(market.market_id, now);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        replay(Recording::parse(fuzz::text_of(data, size)));
    } catch (const DecodeError&) {
    } catch (const DecimalError&) { // amounts beyond the range
    } catch (const Error& error) {
        fuzz::check(error.fault() == Fault::usage, "a bad recording is a usage error");
    }
    return 0;
}
