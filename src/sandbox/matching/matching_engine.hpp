#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/order_book.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sandbox {

/// An order's number in the engine; 0 stands for the house's liquidity, which has no orders.
using OrderKey = std::uint64_t;
/// Who an order belongs to; 0 is the house (the market flow).
using Owner = std::uint32_t;
inline constexpr Owner house = 0;

struct NewOrder {
    OrderKey key = 0;
    Owner owner = house;
    Side side = Side::buy;
    std::optional<Decimal> price{}; ///< none: a market order, which never rests
    Decimal size{};                 ///< positive
    TimeInForce time_in_force = TimeInForce::gtc;
    bool post_only = false;
    bool reduce_only = false; ///< binds it as a maker; a taker's size is cut before it is placed
};

/// One match, at the maker's price.
struct Fill {
    OrderKey maker = 0; ///< 0: the house's liquidity
    OrderKey taker = 0;
    Owner maker_owner = house;
    Owner taker_owner = house;
    Side taker_side = Side::buy;
    Decimal price;
    Decimal size;
};

/// Why an order did not enter. Nothing has changed then: not even the owner's own orders in its way are cancelled.
enum class Refusal {
    would_cross,    ///< post-only, and something rests at its price or better, be it the owner's own
    would_not_fill, ///< fill-or-kill, and others' orders do not suffice
    not_filled,     ///< immediate-or-cancel or market, and nobody else's order is in reach
};

/// What became of an order.
struct Placement {
    std::optional<Refusal> refusal{};
    std::vector<Fill> fills{};
    std::vector<OrderKey> self_trades{}; ///< the owner's resting orders that were cancelled instead of traded with
    std::vector<OrderKey> uncovered{};   ///< others' reduce-only orders that were cancelled, filled as far as allowed
    Decimal filled{};
    Decimal resting{}; ///< what now stands in the book; 0 for what an ioc or market order could not fill
};

struct Resting {
    OrderKey key = 0;
    Owner owner = house;
    Side side = Side::buy;
    Decimal price;
    Decimal remaining;
};

struct QueuedOrder;

/// What an order will do to the book as it is now, and how. Nothing has changed yet: whoever planned it looks at the
/// placement, and has it carried out, before anything else changes the book, or forgets it.
struct Plan {
    /// One entry that the order meets.
    struct Step {
        enum class What { fill, remove, let_pass };
        What what = What::fill;
        QueuedOrder* entry = nullptr;
        Decimal size{};
    };

    Placement placement{};
    bool kept_priority = false; ///< of an amendment
    NewOrder order{};
    std::optional<OrderKey> amends{}; ///< the order that it takes the place of
    std::optional<Level> house_level{};
    std::vector<Step> steps{};
};

/// One market's price-time priority matching. Pure: no clock, no I/O, no accounts; checks of tick, lot and margin are
/// the exchange's. The house's liquidity is one quantity a level (what a recording or the generator shows); users'
/// orders queue before and behind what there is of it, in order of arrival. Whatever changes the book is planned first;
/// a plan whose totals would leave the range is a DecimalError.
class MatchingEngine {
  public:
    /// How much of its owner's position an order of this side could reduce, as it was before the command that runs.
    using Reducible = std::function<Decimal(Owner, Side)>;

    /// Without `reducible` a resting reduce-only order is like any other.
    explicit MatchingEngine(Reducible reducible = {});
    ~MatchingEngine();
    MatchingEngine(MatchingEngine&&) noexcept;
    MatchingEngine& operator=(MatchingEngine&&) noexcept;

    /// Matches an order and rests what its time in force allows. Users never trade with themselves. The house does
    /// (that is how the generator prints trades), but its orders must not rest: market or ioc.
    Plan plan(const NewOrder& order) const;
    /// Changes price or remaining size (positive). No more size at the same price keeps priority; anything else is a
    /// cancel and a new order at the back, which may trade; where that is refused, the order stays as it was. Nothing
    /// when the order rests no longer.
    std::optional<Plan> plan_amendment(OrderKey key, Decimal price, Decimal remaining, bool post_only) const;
    /// Sets what the house shows at a price, in full: a recorded delta. Users' orders that the level would cross are
    /// filled first, each at its own price, and the level shows what they leave of it, so the book is never crossed.
    /// The house is the taker.
    Plan plan_house_level(Side side, Level level) const;
    /// A trade that a recording has at this price. It takes its turn: at better prices users' orders come first (what
    /// the house shows there is about to go), at the price itself whoever is first in the queue. What of the house
    /// stands ahead of users lets them pass; the book shows it until the recording takes it away.
    Plan plan_recorded_trade(Side taker, Level trade) const;
    /// Lets happen what was planned. Not for a plan that was refused.
    void carry_out(const Plan& plan);

    /// Plans and carries out.
    Placement place(const NewOrder& order);
    Placement set_house_level(Side side, Level level);

    /// Removes a resting order and returns it as it was; nothing when it rests no longer.
    std::optional<Resting> cancel(OrderKey key);
    std::optional<Resting> find(OrderKey key) const;
    /// How many users' orders rest.
    std::size_t size() const;
    /// What the house shows at a price now (what was set, less what users took since).
    Decimal house_level(Side side, Decimal price) const;

    /// All that rests at a price, users' and house's.
    Decimal total(Side side, Decimal price) const;
    const BookSide& bids() const;
    const BookSide& asks() const;
    /// The levels whose total changed since the last call, with their new totals (0: gone): the next delta.
    struct Changes {
        std::vector<Level> bids;
        std::vector<Level> asks;
        bool empty() const { return bids.empty() && asks.empty(); }
    };
    Changes take_changes();

    /// What is wrong in itself; see Ladder::faults.
    std::vector<std::string> faults() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace omen::sandbox
