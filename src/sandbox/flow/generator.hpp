#pragma once

#include "sandbox/flow/market_flow.hpp"

#include <cstdint>
#include <map>
#include <random>

namespace omen::sandbox {

/// One generated market: a fair price that walks by ticks, quotes around it, now and then a market order, and an index
/// price that strays a little to both sides of it. Everything is counted in whole ticks and lots, so the same seed
/// gives the same market on every machine.
class GeneratedMarket {
  public:
    struct Terms {
        rest::MarketResponse market;
        std::int64_t start; ///< the first fair price, in ticks
        std::int64_t least; ///< the smallest size of a level, in lots
        std::int64_t most;  ///< the largest
    };

    GeneratedMarket(Terms terms, std::uint64_t seed, std::uint64_t volatility);

    const rest::MarketResponse& market() const { return terms_.market; }
    void open(Exchange& exchange, Timestamp now);
    void step(Exchange& exchange, Timestamp now);

  private:
    using Sizes = std::map<std::int64_t, std::int64_t>; ///< in lots, by price in ticks
    struct Quotes {
        Side side;
        Sizes shown{};   ///< what should stand in the book
        Sizes changed{}; ///< what the exchange has not been given yet; 0: the level goes
    };

    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
    }
    /// How many ticks the fair price moves at once, at most.
    std::int64_t stride() const { return (1 + terms_.start / 20'000) * volatility_; }
    /// How many ticks the index strays from the fair price, at most: 0.1 % of the first price.
    std::int64_t stray() const { return terms_.start / 1000; }
    std::int64_t moved(std::int64_t ticks);
    /// The price in ticks that is this far from the fair one.
    std::int64_t price_at(Side side, std::int64_t distance) const;
    std::int64_t new_size() { return terms_.least + below(terms_.most - terms_.least + 1); }
    Decimal price(std::int64_t ticks) const { return Decimal::from_units(terms_.market.tick_size->units() * ticks); }
    Decimal size(std::int64_t lots) const { return Decimal::from_units(terms_.market.lot_size->units() * lots); }

    void walk();
    void set_index(Exchange& exchange, Timestamp now) const;
    void set(Quotes& quotes, std::int64_t ticks, std::int64_t lots) const;
    void requote(Quotes& quotes);
    void refill(Quotes& quotes, const std::vector<Level>& visible) const;
    std::vector<Level> take_changes(Quotes& quotes) const;
    void add_past(Exchange& exchange, Timestamp now);

    Terms terms_;
    std::mt19937_64 random_;
    std::int64_t volatility_;
    std::int64_t fair_;
    std::int64_t basis_ = 0; ///< the index less the fair price, in ticks
    Quotes bids_{.side = Side::buy};
    Quotes asks_{.side = Side::sell};
};

/// The market flow without a recording: BTC-PERP (id 1), ETH-PERP (2) and SOL-PERP (3), a few changes each every 100
/// ms. At all times each side shows at least 20 levels and 10 units of the base within 0.5 % of the mid price, as long
/// as users do not take them; what they take comes back with the next step. Prices stay within a third of where they
/// began.
class Generator : public MarketFlow {
  public:
    /// `volatility` multiplies how far prices move in a step: from 1, at which a day's range is well below 1 %, to
    /// about 1000, at which single steps of 5 % ruin any position with leverage.
    explicit Generator(std::uint64_t seed, std::uint64_t volatility = 1);

    std::vector<rest::MarketResponse> markets() const override;
    void open(Exchange& exchange, Timestamp now) override;
    std::optional<std::chrono::microseconds> due() const override { return steps_ * interval; }
    void step(Exchange& exchange, Timestamp now) override;
    bool waits_for_subscribers() const override { return false; }

  private:
    static constexpr std::chrono::microseconds interval{100'000};

    std::vector<GeneratedMarket> markets_;
    std::int64_t steps_ = 1;
};

} // namespace omen::sandbox
