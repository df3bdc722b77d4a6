// The exchange, driven by whatever commands the bytes spell, in a market of a few prices: two wallets and the house.
// Whatever comes, no book is crossed, no reduce-only order flips or opens a position, and sequences follow each other.

#include "sandbox/exchange/exchange.hpp"

#include "fuzz/check.hpp"
#include "support/sandbox_world.hpp"

#include <fuzzer/FuzzedDataProvider.h>

using namespace omen;
using namespace omen::sandbox;

namespace {

struct FuzzedWorld : World {
    explicit FuzzedWorld(FuzzedDataProvider& input) : in(input) { exchange.fund(alice, -(9900_d)); } // soon in danger

    void on_execution(const gw::Execution& execution) override {
        const bool is_reducing = execution.event == ExecutionEvent::filled && execution.order->reduce_only == true;
        auto& held = positions[*execution.wallet];
        const auto before = held;
        if (execution.event == ExecutionEvent::filled)
            held += execution.order->side == Side::buy ? *execution.size : -*execution.size;
        if (is_reducing)
            fuzz::check(held.is_zero() || (held.abs() < before.abs() && held.is_negative() == before.is_negative()),
                        "a reduce-only fill makes the position smaller, and never flips it");
        fuzz::check(execution.sequence == ++executed[*execution.wallet], "drop-copy sequences follow each other");
    }
    void on_book(const md::OrderbookDelta& delta) override {
        fuzz::check(delta.sequence == ++sequence, "book sequences follow each other");
    }

    Decimal price() { return Decimal::from_units(Decimal::one / 2 * in.ConsumeIntegralInRange<int>(180, 220)); }
    Decimal size() { return Decimal::from_units(Decimal::one / 10 * in.ConsumeIntegralInRange<int>(0, 100)); }
    Side side() { return in.ConsumeBool() ? Side::buy : Side::sell; }
    const std::string& wallet() { return in.ConsumeBool() ? alice : bob; }
    ClientOrderId some_order() {
        return {"c" + std::to_string(in.ConsumeIntegralInRange<std::uint64_t>(1, last_id + 1))};
    }

    void place() {
        auto order = limit(side(), price(), size());
        if (in.ConsumeIntegralInRange(0, 3) == 0) {
            order.order_type = OrderType::market;
            order.price.reset();
        }
        order.time_in_force = static_cast<TimeInForce>(in.ConsumeIntegralInRange(0, 2));
        order.post_only = in.ConsumeIntegralInRange(0, 7) == 0;
        order.reduce_only = in.ConsumeBool();
        exchange.order(wallet(), order, now);
    }
    void amend() {
        gw::Amend command{.client_order_id = some_order()};
        if (in.ConsumeBool()) command.price = price();
        if (in.ConsumeBool()) command.size = size();
        exchange.amend(wallet(), command, now);
    }
    void move_house() {
        const auto bid = price();
        const auto ask = bid + Decimal::from_units(Decimal::one / 2 * in.ConsumeIntegralInRange<int>(1, 9));
        exchange.replace_house_book(btc, Levels{{bid, size()}}, Levels{{ask, size()}}, now);
    }
    void step() {
        switch (in.ConsumeIntegralInRange(0, 7)) {
        case 0:
            return move_house();
        case 1:
            exchange.cancel(wallet(), {.client_order_id = some_order()}, now);
            return;
        case 2:
            return amend();
        case 3:
            now.ms += in.ConsumeIntegralInRange<int>(0, 3'600'000);
            exchange.advance(now);
            return;
        case 4:
            exchange.set_index(btc, price(), now);
            return;
        default:
            place();
        }
    }

    FuzzedDataProvider& in;
    std::map<std::string, Decimal> positions{};
    std::map<std::string, std::uint64_t> executed{};
    std::uint64_t sequence = 50;
};

void check_state(FuzzedWorld& world) {
    const auto book = *world.exchange.orderbook(btc);
    if (!book.bids.empty() && !book.asks.empty())
        fuzz::check(book.bids.front().price < book.asks.front().price, "no book is crossed");
    for (const auto& wallet : {alice, bob}) {
        fuzz::check(world.position(wallet) == world.positions[wallet], "positions are the sum of the fills");
        for (const auto& order : world.exchange.orders(wallet).orders)
            fuzz::check(order.size > order.filled_size, "an open order has something left to fill");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider input(data, size);
    FuzzedWorld world(input);
    for (int steps = 0; steps < 100 && input.remaining_bytes() > 0; ++steps) {
        world.step();
        check_state(world);
    }
    return 0;
}
