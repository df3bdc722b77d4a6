#pragma once

#include "core/time.hpp"
#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace omen {

/// Which order is meant: by either id.
struct OrderRef {
    std::optional<OrderId> order_id{};
    std::optional<ClientOrderId> client_order_id{};

    bool is(const gw::OrderState& order) const;
    /// Whether one of the ids is another: an exchange that began anew gives its ids again.
    bool contradicts(const gw::OrderState& order) const;
    /// Whether both may mean the same order.
    bool meets(const OrderRef& other) const;
};
OrderRef ref_of(const gw::Order& order);
OrderRef ref_of(const gw::Cancel& cancel);
OrderRef ref_of(const gw::Amend& amend);
/// Of whatever kind of command a variant holds; not every one names an order.
template <class... Commands> std::optional<OrderRef> ref_of(const std::variant<Commands...>& command) {
    return std::visit(
        [](const auto& one) -> std::optional<OrderRef> {
            if constexpr (requires { ref_of(one); }) return ref_of(one);
            return std::nullopt;
        },
        command);
}

/// Whether an order's status says that nothing more will happen to it. One that is missing or not known does not.
bool has_ended(const gw::OrderState& order);

/// Whether two wallets are one: an address is the same in either case.
bool same_wallet(const std::string& left, const std::string& right);

/// What tells one execution from another.
struct ExecutionMark {
    std::uint64_t sequence = 0;
    std::optional<OrderId> order_id{};
    std::string event{};
    std::optional<Timestamp> timestamp{};

    static ExecutionMark of(const gw::Execution& execution);
    bool operator==(const ExecutionMark&) const = default;
};

/// Whose a session is, as far as that was said.
struct Holder {
    std::optional<std::string> account{};
    std::optional<std::string> wallet{};

    /// Whether it is known to be the other's: account and wallet were said on both sides, and are the same.
    bool is_surely(const Holder& other) const;
    /// Whether it is known to be another's: the wallets were said, and are two.
    bool is_surely_another(const Holder& other) const;
};

/// What one look-up has read of the exchange's own records: open orders, then a replay of the drop-copy. Without I/O;
/// events may come in any order, and twice. Only wanted orders are kept.
class Reading {
  public:
    struct Event {
        std::uint64_t sequence = 0;
        Open<ExecutionEvent> event{ExecutionEvent::accepted};
        gw::OrderState order;
        std::optional<Timestamp> timestamp{};
    };
    /// One order as it is on record.
    struct Known {
        std::optional<gw::OrderState> open{}; ///< as it stands among the open ones
        std::vector<Event> events{};          ///< by sequence
        /// As it is now.
        const gw::OrderState& state() const { return events.empty() ? *open : events.back().order; }
        /// As it was when it came, where that was seen.
        const Event* placed() const;
        std::optional<Timestamp> last_event_at() const;
    };

    Reading(Clock::time_point began, Holder holder, const std::vector<OrderRef>& wanted);

    void on(const gw::Orders& open);
    /// A replay was asked for from this sequence; `issued`: the last one issued by then.
    void begin_replay(std::uint64_t from, std::optional<std::uint64_t> issued);
    void on(const gw::Execution& execution);
    void on(const gw::DropCopyGap& gap);

    Clock::time_point began() const { return began_; }
    const Holder& holder() const { return holder_; }
    const std::vector<gw::OrderState>& open() const { return open_; }
    /// Where the replay began; nothing without one.
    std::optional<std::uint64_t> from() const { return from_; }
    std::optional<std::uint64_t> issued() const { return issued_; }
    /// Every sequence from the one asked for to the last one issued was seen, each once or the same.
    bool is_whole() const { return from_ && is_whole_from(*from_); }
    /// The same from a later sequence on: what is missing before it does not matter.
    bool is_whole_from(std::uint64_t first) const;
    /// Nothing more is to be expected of the replay: it is whole, or the exchange announced what is missing.
    bool has_ended() const;
    /// What the exchange said that it no longer keeps of what was asked for.
    const std::optional<gw::DropCopyGap>& gap() const { return gap_; }
    /// Whether the replay has this very execution.
    bool has(const ExecutionMark& mark) const;

    /// All orders that a reference may mean, of one that was taken before one that was rejected, later before earlier.
    std::vector<const Known*> find(const OrderRef& ref) const;

  private:
    bool is_wanted(const gw::OrderState& order) const;
    Known& known(const gw::OrderState& order);

    Clock::time_point began_;
    Holder holder_;
    std::unordered_set<std::string> wanted_order_ids_;
    std::unordered_set<std::string> wanted_client_ids_;
    std::vector<Known> orders_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_order_id_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_client_id_;
    std::vector<gw::OrderState> open_;
    std::optional<std::uint64_t> from_;
    std::optional<std::uint64_t> issued_;
    std::unordered_map<std::uint64_t, ExecutionMark> seen_; ///< of the replay
    std::optional<gw::DropCopyGap> gap_;
    bool contradicts_itself_ = false;
};

} // namespace omen
