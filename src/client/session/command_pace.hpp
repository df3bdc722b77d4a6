#pragma once

#include "core/token_bucket.hpp"
#include "protocol/gateway/commands.hpp"
#include "protocol/limits.hpp"

#include <deque>
#include <optional>
#include <type_traits>
#include <variant>

namespace omen {

/// Keeps one session's trading commands to the exchange's documented limits, 100 orders or amends and 200 cancels a
/// second and 50 at once, so that none is refused for coming too fast, however long they are on their way: when the
/// exchange takes a command in is not known, but it is before its answer is here. So each counts from its answer on,
/// and of those without one there may be as many as the exchange takes at once.
class CommandPace {
  public:
    /// How long until a command like this may leave with `ahead` of its kind queued before it; zero: now; nullopt: an
    /// answer must come first.
    template <class Command>
    std::optional<Clock::duration> wait(Clock::time_point now, const Command& command, std::size_t ahead = 0) const {
        const auto& allowance = is_order(command) ? orders_ : cancels_;
        const auto waiting = allowance.unanswered.size() + ahead;
        if (waiting >= limits::burst) return std::nullopt;
        return allowance.bucket.wait(now, static_cast<std::uint32_t>(waiting) + 1);
    }
    /// Whether a command, or what a variant holds, counts against the limit of orders; otherwise against that of
    /// cancels.
    template <class Command> static bool is_order(const Command& command) {
        if constexpr (requires { std::variant_size<Command>::value; })
            return std::visit([](const auto& one) { return is_order(one); }, command);
        else
            return takes_order_token<Command>;
    }
    /// A command leaves, under its id.
    template <class Command> void leave(const Command& command) {
        if constexpr (std::is_constructible_v<gw::TradingCommand, const Command&>)
            (takes_order_token<Command> ? orders_ : cancels_).unanswered.push_back(command.id);
    }
    /// The exchange has taken in what had this id, and so all that left before it: it handles a session in order.
    void taken_in(Clock::time_point now, std::uint64_t id) {
        for (auto* allowance : {&orders_, &cancels_})
            for (auto& unanswered = allowance->unanswered; !unanswered.empty() && unanswered.front() <= id;
                 unanswered.pop_front())
                allowance->bucket.take(now);
    }

  private:
    struct Allowance {
        TokenBucket bucket; ///< never fuller than the exchange's
        std::deque<std::uint64_t> unanswered{};
    };

    template <class Command>
    static constexpr bool takes_order_token = std::is_same_v<Command, gw::Order> || std::is_same_v<Command, gw::Amend>;

    Allowance orders_{TokenBucket(limits::orders_per_second, limits::burst)};
    Allowance cancels_{TokenBucket(limits::cancels_per_second, limits::burst)};
};

} // namespace omen
