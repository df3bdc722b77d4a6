#include "sandbox/servers/private_feed.hpp"

#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

constexpr std::size_t executions_at_once = 256;

/// Sends a state unless all but its sequence is what was sent last.
template <class T> void send_if_changed(Session& session, T state, std::string& sent) {
    const auto sequence = std::exchange(state.sequence, std::nullopt);
    auto encoded = wire::encode(state);
    if (encoded == sent) return;
    sent = std::move(encoded);
    state.sequence = sequence;
    session.send(message_of(state));
}

} // namespace

void PrivateFeed::subscribe(const std::string& wallet, PrivateChannel channel,
                            std::optional<std::uint64_t> from_sequence) {
    if (wallet != wallet_) unsubscribe_all();
    wallet_ = wallet;
    if (channel == PrivateChannel::drop_copy) return begin_drop_copy(from_sequence);
    sent_[channel].clear();
    refresh();
}

void PrivateFeed::unsubscribe(PrivateChannel channel) {
    if (channel == PrivateChannel::drop_copy) next_execution_.reset();
    sent_.erase(channel);
}

void PrivateFeed::unsubscribe_all() {
    sent_.clear();
    next_execution_.reset();
}

bool PrivateFeed::is_subscribed(PrivateChannel channel) const {
    return channel == PrivateChannel::drop_copy ? next_execution_.has_value() : sent_.contains(channel);
}

void PrivateFeed::begin_drop_copy(std::optional<std::uint64_t> from_sequence) {
    replay_end_ = exchange_.last_sequence(wallet_);
    replay_ = faults_.next_replay();
    held_.reset();
    const auto next = replay_end_ + 1;
    // There is no execution 0, so asking for it misses nothing.
    next_execution_ = std::max<std::uint64_t>(from_sequence.value_or(next), 1);
    if (*next_execution_ > next) {
        send_gap(*next_execution_);
        next_execution_ = next;
    }
    send_executions();
}

void PrivateFeed::send_gap(std::uint64_t requested) {
    session_.send(message_of(gw::DropCopyGap{.wallet = wallet_,
                                             .requested_sequence = requested,
                                             .oldest_sequence = exchange_.oldest_sequence(wallet_),
                                             .next_sequence = exchange_.last_sequence(wallet_) + 1}));
}

void PrivateFeed::send_executions() {
    while (next_execution_ && *next_execution_ <= exchange_.last_sequence(wallet_) && !session_.is_behind()) {
        if (const auto oldest = exchange_.oldest_sequence(wallet_); *next_execution_ < oldest) {
            send_gap(*next_execution_);
            next_execution_ = oldest;
        }
        for (const auto& execution : exchange_.replay(wallet_, *next_execution_, executions_at_once)) {
            send_replayed(execution);
            next_execution_ = execution.sequence + 1;
        }
    }
}

/// Sends an execution that the exchange has kept, or what a fault makes of it.
void PrivateFeed::send_replayed(const gw::Execution& execution) {
    auto message = message_of(execution);
    const auto* fault = execution.sequence > replay_end_
                            ? nullptr
                            : faults_.on_replayed(replay_, execution.sequence, execution.sequence == replay_end_);
    const auto kind = fault == nullptr ? std::nullopt : std::optional(fault->kind);
    if (kind == FaultKind::replay_reorder && !held_) {
        held_ = std::move(message);
        return;
    }
    if (kind == FaultKind::replay_double) session_.send(message);
    if (kind != FaultKind::replay_hole) session_.send(message);
    if (held_) session_.send(std::exchange(held_, nullptr));
}

void PrivateFeed::add_execution(std::uint64_t sequence, const Message& message) {
    if (next_execution_ != sequence || session_.is_behind()) return;
    session_.send(message);
    next_execution_ = sequence + 1;
}

void PrivateFeed::restart_drop_copy() {
    if (!next_execution_) return;
    send_gap(*next_execution_);
    next_execution_ = exchange_.oldest_sequence(wallet_);
    replay_end_ = 0;
    held_.reset();
}

void PrivateFeed::refresh() {
    if (session_.is_behind()) return;
    for (auto& [channel, sent] : sent_) {
        switch (channel) {
        case PrivateChannel::balance:
            send_if_changed(session_, exchange_.balance(wallet_), sent);
            break;
        case PrivateChannel::positions:
            send_if_changed(session_, exchange_.positions(wallet_), sent);
            break;
        case PrivateChannel::pnl:
            send_if_changed(session_, exchange_.pnl(wallet_), sent);
            break;
        case PrivateChannel::orders:
            send_if_changed(session_, exchange_.orders(wallet_), sent);
            break;
        case PrivateChannel::drop_copy:
            break;
        }
    }
}

void PrivateFeed::catch_up() {
    send_executions();
    refresh();
}

} // namespace omen::sandbox
