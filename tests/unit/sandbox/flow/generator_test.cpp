#include "sandbox/exchange/exchange.hpp"
#include "sandbox/flow/generator.hpp"
#include "support/catch.hpp"

namespace omen::generator_test {

using namespace omen::sandbox;
using namespace omen::literals;

namespace {

constexpr Timestamp start{1'700'000'000'000};

/// Everything that a generated exchange publishes, in bytes.
struct Feed : ExchangeListener {
    void on_trade(const md::Trade& trade) override {
        ++trades;
        wire::encode(bytes, trade);
    }
    void on_book(const md::OrderbookDelta& delta) override {
        ++deltas;
        wire::encode(bytes, delta);
    }

    std::string bytes;
    int trades = 0;
    int deltas = 0;
};

struct Generated {
    explicit Generated(std::uint64_t seed, std::uint64_t volatility = 1)
        : flow(seed, volatility), exchange(flow.markets()) {
        flow.open(exchange, start);
        exchange.set_listener(&feed);
    }
    void run(int steps) {
        for (int i = 0; i < steps; ++i) flow.step(exchange, {start.ms + 100 * i});
    }

    Feed feed;
    Generator flow;
    Exchange exchange;
};

/// A side's levels and size within 0.5 % of the mid price.
struct Depth {
    std::size_t levels = 0;
    Decimal size;
};

Depth depth_near(const std::vector<Level>& levels, Decimal mid) {
    Depth depth;
    const auto band = multiply(mid, 0.005_d, Rounding::toward_zero);
    for (const auto& level : levels)
        if ((level.price - mid).abs() <= band) depth = {depth.levels + 1, depth.size + level.size};
    return depth;
}

/// Whether every market keeps the promise of the class's comment.
bool is_deep(const Exchange& exchange) {
    for (const auto& market : exchange.markets()) {
        const auto book = *exchange.orderbook(market.market_id);
        const auto mid =
            divide(book.bids.front().price + book.asks.front().price, Decimal::whole(2), Rounding::toward_zero);
        for (const auto& side : {book.bids, book.asks}) {
            const auto depth = depth_near(side, mid);
            if (depth.levels < 20 || depth.size < Decimal::whole(10)) return false;
        }
    }
    return true;
}

/// Whether every price is on a tick, every size on a lot, and no book is crossed.
bool is_proper(const Exchange& exchange) {
    for (const auto& market : exchange.markets()) {
        const auto book = *exchange.orderbook(market.market_id);
        if (book.bids.front().price >= book.asks.front().price) return false;
        for (const auto& side : {book.bids, book.asks})
            for (const auto& level : side)
                if (!level.price.is_multiple_of(*market.tick_size) || !level.size.is_multiple_of(*market.lot_size))
                    return false;
    }
    return true;
}

} // namespace

TEST_CASE("generated books are deep, proper and uncrossed after every step") {
    Generated generated(GENERATE(1U, 2U, 3U));
    int bad_steps = 0;
    for (int i = 0; i < 1000; ++i) {
        generated.run(1);
        bad_steps += !is_deep(generated.exchange) || !is_proper(generated.exchange);
    }
    CHECK(bad_steps == 0);
}

TEST_CASE("generated books are deep before the first step") {
    CHECK(is_deep(Generated(7).exchange));
}

TEST_CASE("the same seed gives the same flow, another seed another") {
    Generated one(5);
    Generated same(5);
    Generated other(6);
    for (auto* generated : {&one, &same, &other}) generated->run(200);
    CHECK(one.feed.bytes == same.feed.bytes);
    CHECK(one.feed.bytes != other.feed.bytes);
}

TEST_CASE("every step changes every book, and trades happen") {
    Generated generated(1);
    generated.run(300);
    CHECK(generated.feed.deltas >= 3 * 300);
    CHECK(generated.feed.trades > 100);
}

TEST_CASE("the fair price does not run away") {
    Generated generated(1);
    const auto at_start = generated.exchange.ticker(MarketId(1), start)->mark_price.value();
    generated.run(4000);
    const auto at_end = generated.exchange.ticker(MarketId(1), start)->mark_price.value();
    CHECK((at_end - at_start).abs() < divide(at_start, Decimal::whole(5), Rounding::toward_zero));
}

TEST_CASE("what a user takes is back after a step") {
    Generated generated(1);
    generated.exchange.fund("0xa", Decimal::whole(10'000'000));
    gw::Order sweep{.id = 1,
                    .client_order_id = {"sweep"},
                    .market_id = MarketId(1),
                    .side = Side::buy,
                    .order_type = OrderType::market,
                    .price = {},
                    .size = 20_d,
                    .time_in_force = TimeInForce::ioc};
    const auto answer = generated.exchange.order("0xa", sweep, start);
    REQUIRE(std::get<gw::OrderAccepted>(answer).filled_size == 20_d);
    generated.run(1);
    CHECK(is_deep(generated.exchange));
}

TEST_CASE("a user's order at the touch is filled by the flow") {
    Generated generated(1);
    generated.exchange.fund("0xa", Decimal::whole(1'000'000));
    const auto touch = generated.exchange.orderbook(MarketId(1))->bids.front().price;
    const gw::Order bid{.id = 1,
                        .client_order_id = {"bid"},
                        .market_id = MarketId(1),
                        .side = Side::buy,
                        .price = touch,
                        .size = 0.01_d,
                        .time_in_force = TimeInForce::gtc};
    REQUIRE(std::get<gw::OrderAccepted>(generated.exchange.order("0xa", bid, start)).status == OrderStatus::open);
    for (int i = 0; i < 2000 && !generated.exchange.orders("0xa").orders.empty(); ++i) generated.run(1);
    CHECK(generated.exchange.replay("0xa", 1).back().order->status == OrderStatus::filled);
}

TEST_CASE("a generated market has a past from the start") {
    const Generated generated(1);
    const auto trades = *generated.exchange.trades(MarketId(2), 1000);
    CHECK(trades.size() == 240);
    CHECK(trades.front().timestamp < start);
    CHECK(generated.feed.bytes.empty());
}

TEST_CASE("the index stays close to the book and strays to both sides of it") {
    Generated generated(1);
    bool was_above = false;
    bool was_below = false;
    for (int i = 0; i < 500; ++i) {
        generated.run(1);
        for (const auto& market : generated.flow.markets()) {
            const auto ticker = *generated.exchange.ticker(market.market_id, start);
            const auto basis = *ticker.mark_price - *ticker.index_price;
            CHECK(basis.abs() < multiply(*ticker.index_price, 0.003_d, Rounding::toward_zero));
            was_above = was_above || basis.is_positive();
            was_below = was_below || basis.is_negative();
        }
    }
    CHECK((was_above && was_below));
}

TEST_CASE("a volatile market moves further, but not out of its bounds") {
    const auto range_at = [](std::uint64_t volatility) {
        Generated generated(1, volatility);
        auto low = generated.exchange.ticker(MarketId(1), start)->mark_price.value();
        auto high = low;
        for (int i = 0; i < 300; ++i) {
            generated.run(1);
            const auto price = *generated.exchange.ticker(MarketId(1), start);
            low = std::min(low, *price.mark_price);
            high = std::max(high, *price.mark_price);
        }
        return std::pair(low, high);
    };
    const auto [calm_low, calm_high] = range_at(1);
    const auto [wild_low, wild_high] = range_at(1000);
    CHECK(calm_high - calm_low < 650_d);
    CHECK(wild_high - wild_low > 13000_d);
    CHECK((wild_low > 43000_d && wild_high < 87000_d)); // 65,000 less or more a third
}

TEST_CASE("however volatile, books stay deep, proper and uncrossed") {
    Generated generated(2, GENERATE(30U, 1000U));
    int bad_steps = 0;
    for (int i = 0; i < 300; ++i) {
        generated.run(1);
        bad_steps += !is_deep(generated.exchange) || !is_proper(generated.exchange);
    }
    CHECK(bad_steps == 0);
}

} // namespace omen::generator_test
