#pragma once

#include "protocol/gateway/messages.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

/// Which order is meant: by either id.
struct OrderRef {
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};

    bool is(const gw::OrderState& order) const;
};

/// Whether two states are of one order, by the id that both have.
bool is_same(const gw::OrderState& one, const gw::OrderState& other);

OrderRef ref_of(const gw::OrderState& order);
OrderRef ref_of(const gw::Order& order);
OrderRef ref_of(const gw::Cancel& cancel);
OrderRef ref_of(const gw::Amend& amend);

/// What the exchange's own records say of some orders: open orders, then executions. Without I/O.
class OrderRecord {
  public:
    explicit OrderRecord(std::vector<OrderRef> wanted) : wanted_(std::move(wanted)) {}

    void on(const gw::Orders& open);
    void on(const gw::Execution& execution);
    void on(const gw::DropCopyGap&) { gap_ = true; }
    /// All executions that are kept have been read.
    void on_end() { read_ = true; }

    struct KnownOrder {
        gw::OrderState state;                     ///< the last known one
        std::optional<gw::OrderState> placed{};   ///< as it was when it came
        std::vector<gw::OrderState> amendments{}; ///< its state after each
    };
    /// What is known of an order; of one that was taken before one that was rejected, of a later one before an earlier.
    const KnownOrder* find(const OrderRef& name) const;
    /// Every wanted order is known.
    bool knows_all() const;
    /// The executions were read, and none is missing.
    bool complete() const { return read_ && !gap_; }
    const std::vector<gw::OrderState>& open() const { return open_; }

  private:
    bool is_wanted(const gw::OrderState& order) const;
    KnownOrder* newest(const gw::OrderState& order);

    std::vector<OrderRef> wanted_;
    std::vector<KnownOrder> orders_; ///< in the order in which they were last told of
    std::vector<gw::OrderState> open_;
    bool read_ = false;
    bool gap_ = false;
};

/// What became of a command whose answer was lost.
struct Fate {
    enum class Outcome {
        executed,
        refused,      ///< it had no effect, and can have none any more
        not_executed, ///< it had no effect; safe to repeat
        unknown,
    };
    Outcome outcome = Outcome::unknown;
    std::optional<gw::OrderState> order{}; ///< as it is now
    std::string code{};                    ///< of a refusal
    std::string why{};
};

/// Judges (man 7 omenctl-protocol, "When an answer is lost"): a record proves execution; its absence proves
/// that there was none only where the record is complete and the exchange is known to have `discarded` the rest.
Fate fate_of(const gw::Order& order, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::Cancel& cancel, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::Amend& amend, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::CancelAll& command, const OrderRecord& record, bool discarded);

/// The orders that commands name.
std::vector<OrderRef> refs_of(const std::vector<gw::TradingCommand>& commands);
/// Whether the open orders show what became of all these, so that the executions need not be read.
bool is_settled(const std::vector<gw::TradingCommand>& commands, const OrderRecord& record);

} // namespace omen
