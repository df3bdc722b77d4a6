#pragma once

#include "client/trading/evidence.hpp"
#include "support/order_records.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A command whose answer was lost, and all that there is to judge it by.
namespace omen::test::lost {

inline const Holder us{.account = "default", .wallet = "0x1"};
inline const Timestamp sent_at{1'800'000'000'000};
inline const auto ours = buy("c-1");
inline const gw::Cancel a_cancel{.client_order_id = ClientOrderId{"c-1"}};
inline const gw::Amend an_amend{.client_order_id = ClientOrderId{"c-1"}, .price = Decimal::whole(101)};

/// What is known of a session that began after execution 10, so that 11 is the first that may be its command's own.
inline SessionFacts facts() {
    return {.holder = us, .start = 10, .seen = 10, .end = SessionEnd::closed};
}

/// A look-up and what is known beside it. Nothing is on record, and everything holds that absence needs to be a proof.
struct Evidence {
    std::vector<gw::OrderState> open{};
    std::vector<gw::Execution> replay{};
    std::uint64_t from = 11;
    std::optional<std::uint64_t> issued{};    ///< else the greatest sequence of the replay
    std::optional<std::uint64_t> kept_from{}; ///< what is older is announced as a gap
    Holder reader = us;
    std::optional<std::string> orders_wallet = "0x1";
    SessionFacts session = facts();
    bool settled = true;
    bool minted = false;
    bool target_unresolved = false;
    std::size_t amends_before = 0;

    Reading reading(const gw::TradingCommand& command) const {
        const auto ref = ref_of(command);
        Reading reading({}, reader, ref ? std::vector{*ref} : std::vector<OrderRef>{});
        reading.on(gw::Orders{.wallet = orders_wallet, .orders = open});
        auto last = from - 1;
        for (const auto& one : replay) last = std::max(last, one.sequence);
        reading.begin_replay(from, issued.value_or(last));
        if (kept_from) reading.on(gw::DropCopyGap{.oldest_sequence = *kept_from, .next_sequence = last + 1});
        for (const auto& one : replay) reading.on(one);
        return reading;
    }
    Fate fate(const gw::TradingCommand& command) const {
        const LostCommand lost{.command = command,
                               .sent_at = sent_at,
                               .minted = minted,
                               .amends_before = amends_before,
                               .target_unresolved = target_unresolved};
        return judge(lost, session, reading(command), settled);
    }
    std::string says_of(const gw::TradingCommand& command) const {
        const auto fate = this->fate(command);
        switch (fate.outcome) {
        case Fate::Outcome::executed:
            return "executed";
        case Fate::Outcome::refused:
            return "refused: " + fate.code;
        case Fate::Outcome::not_executed:
            return "not executed";
        case Fate::Outcome::unknown:
            break;
        }
        return fate.wants_all ? "only all can tell" : "unknown";
    }
};

inline SessionFacts held_by(Holder holder) {
    auto session = facts();
    session.holder = std::move(holder);
    return session;
}

inline SessionFacts without_start() {
    auto session = facts();
    session.start.reset();
    session.seen = 0;
    return session;
}

inline SessionFacts that_saw(const gw::Execution& event) {
    auto session = facts();
    session.on(event);
    return session;
}

inline gw::Execution at(std::int64_t ms, gw::Execution execution) {
    execution.timestamp = Timestamp{ms};
    return execution;
}

inline gw::Execution of_wallet(const std::string& wallet, gw::Execution execution) {
    execution.wallet = wallet;
    return execution;
}

/// Another order, of the same client order id.
inline gw::Execution named(const std::string& order_id, gw::Execution execution) {
    execution.order->order_id = OrderId{order_id};
    return execution;
}

/// An execution of this event, with this status, in the exchange's own words.
inline gw::Execution worded(std::uint64_t sequence, const char* event, const char* status,
                            const gw::Order& order = ours) {
    auto known = state(order);
    known.status = Open<OrderStatus>::of_name(status);
    return execution(sequence, Open<ExecutionEvent>::of_name(event), known);
}

} // namespace omen::test::lost
