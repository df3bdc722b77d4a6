#pragma once

#include "client/batch_line.hpp"
#include "client/resolution.hpp"
#include "core/token_bucket.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace omen {

/// Any number of orders, cancels and amends in flight at once over one session, paced to the exchange's limits. Each is
/// written to the journal before it leaves and has one result in the end, in the order of the answers; what became of
/// those whose answers are lost is looked up, and a new session goes on.
class Pipeline {
  public:
    using Command = BatchLine::Command;
    using Reply = std::variant<gw::OrderAccepted, gw::CancelAccepted, gw::CancelledAll, gw::AmendAccepted>;

    struct Result {
        std::uint64_t line = 0; ///< as it was submitted
        Command command;
        std::variant<Reply, Error> outcome;
        std::optional<gw::OrderState> ended{}; ///< of an order that was followed: how it ended
    };

    struct Options {
        Milliseconds timeout{10'000};             ///< for an answer and for finding out what became of a command
        Journal* journal = nullptr;               ///< none: nothing is written down
        bool paced = true;                        ///< never faster than the exchange's documented limits
        std::optional<Milliseconds> follow_for{}; ///< an order's result waits so long for its end
        AnotherGateway another{};
        std::function<void(const std::string&)> note{};
        std::function<void(Result&& result)> on_result{};
    };

    explicit Pipeline(Options options);

    /// Connects and authenticates. Errors: those of the gateway.
    void open();
    /// When a command like this may leave: in the past where it may now.
    Clock::time_point may_leave(const Command& command) const;
    /// Sends a command, or queues it to be sent with the next receive(). Errors that concern it alone are its result.
    void submit(std::uint64_t line, Command command);
    /// Takes in what comes, until the deadline or, where nothing has come, until there is something to read from
    /// `wake_fd`. Throws Interrupted.
    void receive(Deadline deadline, int wake_fd = -1);
    /// How many results are still to come.
    std::size_t unfinished() const { return outstanding_.size() + followed_.size(); }
    /// From now on so much time is left for everything that is unfinished.
    void hurry(Milliseconds left);

  private:
    struct Outstanding {
        std::uint64_t line = 0;
        Command command;
        std::string entry;
        Deadline answer_by;
    };
    struct Followed {
        Result result;
        Deadline until;
    };

    bool reopen(Deadline deadline, int wake_fd);
    bool is_outstanding(const ClientOrderId& id) const;
    void take(gw::ServerMessage message);
    void take_answer(Outstanding outstanding, gw::ServerMessage reply);
    void on_execution(const gw::Execution& execution);
    void finish(Outstanding outstanding, std::variant<Reply, Error> outcome);
    void lose_all(const std::string& why, bool discarded);
    void resolve(std::vector<Outstanding> lost, const std::string& why, bool discarded);
    void expire();
    void end_follow(std::map<ClientOrderId, Followed>::iterator followed, const gw::OrderState& order);
    Deadline next_expiry() const;

    Options options_;
    std::optional<Gateway> gateway_;
    TokenBucket orders_;
    TokenBucket cancels_;
    std::map<std::uint64_t, Outstanding> outstanding_; ///< by correlation id, which is the order of leaving
    std::map<ClientOrderId, Followed> followed_;
    std::map<ClientOrderId, gw::OrderState> early_; ///< states that came before their order's answer
    std::optional<std::uint64_t> sequence_;         ///< of the last execution
};

} // namespace omen
