#pragma once

#include "protocol/gateway.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace omen {

/// Which order is meant: by either id.
struct OrderName {
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};

    bool is(const gw::OrderState& order) const;
};

OrderName name_of(const gw::Order& order);
OrderName name_of(const gw::Cancel& cancel);
OrderName name_of(const gw::Amend& amend);

/// What the exchange's own records say of some orders: open orders, then executions. Without I/O.
class OrderRecord {
  public:
    explicit OrderRecord(std::vector<OrderName> wanted) : wanted_(std::move(wanted)) {}

    void on(const gw::Orders& open);
    void on(const gw::Execution& execution);
    void on(const gw::DropCopyGap&) { complete_ = false; }

    /// The last known state of an order; one that was taken before one that was rejected.
    const gw::OrderState* find(const OrderName& name) const;
    /// Whether an order has been amended to this.
    bool amended(const OrderName& name, const gw::Amend& amend) const;
    /// Every wanted order is known, so that older records need not be read.
    bool knows_all() const;
    /// Nothing is missing in the executions that were read.
    bool complete() const { return complete_; }
    const std::vector<gw::OrderState>& open() const { return open_; }

  private:
    struct Entry {
        gw::OrderState state;
        std::vector<gw::OrderState> amendments{}; ///< its state after each
    };
    bool is_wanted(const gw::OrderState& order) const;
    const Entry* entry(const OrderName& name) const;

    std::vector<OrderName> wanted_;
    std::map<OrderId, Entry> orders_;
    std::vector<gw::OrderState> open_;
    bool complete_ = true;
};

/// What became of a command whose answer was lost.
struct Fate {
    enum class Kind {
        executed,
        refused,      ///< it had no effect, and can have none any more
        not_executed, ///< it had no effect; safe to repeat
        unknown,
    };
    Kind kind = Kind::unknown;
    std::optional<gw::OrderState> order{}; ///< as it is now
    std::string code{};                    ///< of a refusal
    std::string why{};
};

/// Judges (man 7 omenctl-protocol, "When an answer is lost"): what is on record has happened; what is not has not,
/// where the record is complete and the exchange is known to have `discarded` what it had not handled.
Fate fate_of(const gw::Order& order, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::Cancel& cancel, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::Amend& amend, const OrderRecord& record, bool discarded);
Fate fate_of(const gw::CancelAll& command, const OrderRecord& record, bool discarded);

} // namespace omen
