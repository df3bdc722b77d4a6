#pragma once

#include "core/enums.hpp"
#include "protocol/gateway/events.hpp"
#include "sandbox/servers/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace omen::sandbox {

class Exchange;
class FaultPlan;

/// What one gateway session is subscribed to, all of it of one wallet: account state, sent whole whenever it has
/// changed, and the drop-copy. A session that is behind gets the latest state later, and its executions from what the
/// exchange keeps, so nothing piles up here.
class PrivateFeed {
  public:
    PrivateFeed(const Exchange& exchange, FaultPlan& faults, Session& session)
        : exchange_(exchange), faults_(faults), session_(session) {}

    /// Begins with the whole state, or for the drop-copy at a sequence (none: the next one). Again is allowed.
    /// Subscriptions of another wallet end.
    void subscribe(const std::string& wallet, PrivateChannel channel, std::optional<std::uint64_t> from_sequence);
    void unsubscribe(PrivateChannel channel);
    void unsubscribe_all();

    bool is_subscribed(PrivateChannel channel) const;
    std::size_t subscriptions() const { return sent_.size() + (next_execution_ ? 1 : 0); }
    /// Whether there is any subscription of this wallet.
    bool follows(const std::string& wallet) const { return subscriptions() != 0 && wallet == wallet_; }

    /// The wallet's newest execution, encoded.
    void add_execution(std::uint64_t sequence, const Message& message);
    /// The wallet's sequences have begun anew: a gap that is announced.
    void restart_drop_copy();
    /// Sends the state that has changed.
    void refresh();
    /// Sends what had to wait while the session was behind.
    void catch_up();

  private:
    void begin_drop_copy(std::optional<std::uint64_t> from_sequence);
    void send_gap(std::uint64_t requested);
    void send_executions();
    void send_replayed(const gw::Execution& execution);

    const Exchange& exchange_;
    FaultPlan& faults_;
    Session& session_;
    std::string wallet_;
    std::map<PrivateChannel, std::string>
        sent_; ///< by subscribed channel: the state that the client has, but for `sequence`
    std::optional<std::uint64_t> next_execution_; ///< the drop-copy's next sequence to be sent
    std::uint64_t replay_ = 0;                    ///< the number of the latest replay, of all sessions
    std::uint64_t replay_end_ = 0;                ///< the last sequence of it; those above come live
    Message held_;                                ///< an execution of it that goes behind the next one
};

} // namespace omen::sandbox
