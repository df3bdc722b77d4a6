#pragma once

#include "client/journal/journal.hpp"
#include "client/trading/evidence.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What orders of ours from before mean for one that is to be placed under the same client order id: whoever repeats a
/// command must not buy twice, nor be told that nothing was bought.
namespace omen {

/// An order that was placed, or may have been.
struct EarlierOrder {
    gw::Order order; ///< as it was sent
    Timestamp sent_at{};
    SessionFacts facts{};                 ///< of its session
    std::optional<JournalOutcome> done{}; ///< nothing: what became of it is not known
    std::string entry{};                  ///< of another process's journal
};

/// Those that tell something, the most telling first: one that was done, then one of which nothing is known.
using EarlierOrders = std::vector<EarlierOrder>;

/// Adds one that was sent after those that are there.
void add_later(EarlierOrders& earlier, EarlierOrder later);
EarlierOrders earlier_orders_of(const std::vector<FoundOrder>& found);

/// Whether both would be the same order.
bool same_terms(const gw::Order& left, const gw::Order& right);

/// What an order comes to, in view of the earlier ones.
struct Precedent {
    enum class What {
        unknown,     ///< it is not to be sent, as an earlier one may be it
        none,        ///< there is none here: it is to be sent
        is_it,       ///< an earlier one is this very order
        other_terms, ///< an earlier one is another order
    };
    What what = What::unknown;
    std::optional<gw::OrderState> order{}; ///< that is it, as it is now
    std::string why{};
    bool wants_all = false; ///< only a replay from the first execution can tell
    /// What the records show of an entry of which nothing was known.
    std::optional<std::pair<std::string, JournalOutcome>> learnt{};
};

/// The replay that the reading is of should begin at replay_from() of each of their sessions, or earlier.
Precedent precedent(const gw::Order& order, const EarlierOrders& earlier, const Reading& reading);

} // namespace omen
