#include "client/trading/order_follow.hpp"

#include "client/trading/order_lookup.hpp"
#include "client/trading/orders.hpp"
#include "core/error.hpp"
#include "system/backoff.hpp"
#include "system/wait.hpp"

namespace omen {

namespace {

constexpr Milliseconds first_look_pause{200};
constexpr Milliseconds longest_look_pause{2'000};
constexpr Milliseconds longest_step{10'000};

class Follower {
  public:
    Follower(gw::OrderState& order, OrderFollow follow, Deadline deadline)
        : order_(order), follow_(std::move(follow)), deadline_(deadline) {}

    /// Reads one session's events until the order has ended or the deadline passes.
    void read(Gateway& gateway) {
        while (is_live(order_.status)) {
            const auto event = gateway.next(deadline_);
            if (!event) return;
            if (const auto* execution = std::get_if<gw::Execution>(&*event)) on(*execution);
            if (std::holds_alternative<gw::DropCopyGap>(*event)) catch_up();
        }
    }

    /// Goes on in a session of our own.
    void resume() {
        auto gateway = follow_.new_gateway(step());
        gateway.call(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)),
                                   .from_sequence = follow_.sequence.value_or(0) + 1});
        read(gateway);
    }

  private:
    Deadline step() const { return deadline_.earlier(Deadline::after(longest_step)); }

    void on(const gw::Execution& execution) {
        follow_.sequence = execution.sequence;
        if (execution.order && is_same(*execution.order, order_)) update(order_, *execution.order);
    }

    /// Executions are missing: the order is looked up.
    void catch_up() {
        auto gateway = follow_.new_gateway(step());
        if (const auto found = find_order(gateway, ref_of(order_), step())) update(order_, *found);
    }

    gw::OrderState& order_;
    OrderFollow follow_;
    Deadline deadline_;
};

} // namespace

bool follow_to_end(Gateway& gateway, gw::OrderState& order, OrderFollow follow, Deadline deadline) {
    Follower follower(order, std::move(follow), deadline);
    bool resumed = false;
    Backoff backoff({.first = first_look_pause, .longest = longest_look_pause});
    while (is_live(order.status) && !deadline.passed()) {
        try {
            resumed ? follower.resume() : follower.read(gateway);
            continue;
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable) throw;
        }
        if (resumed) wait_until(deadline.earlier(Deadline::after(backoff.pause(Clock::now()))));
        resumed = true;
    }
    return !is_live(order.status);
}

} // namespace omen
