#pragma once

#include "client/trading/batch_line.hpp"
#include "client/trading/resolution.hpp"
#include "system/signals.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <poll.h>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace omen {

/// Any number of orders, cancels and amends in flight at once over one session, paced to the exchange's limits. Each is
/// written to the journal before it leaves and has one result in the end, in the order of the answers; what became of
/// those whose answers are lost is looked up, and a new session goes on.
class Pipeline {
  public:
    using Command = gw::TradingCommand;
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
        NewGateway new_gateway{};
        std::function<void(const std::string&)> note{};
        std::function<void(Result&& result)> on_result{};
    };

    explicit Pipeline(Options options);

    /// Connects and authenticates, if need be; again and again, for as long as `timeout`, where there has been a
    /// session before. Errors: those of the gateway. Throws Interrupted.
    void open();
    /// How long until a command like this may leave; zero where it may now, nothing where an answer must come first.
    std::optional<Clock::duration> wait(const Command& command) const;
    /// Takes a command that leaves with the next receive(), when all that have been taken are in the journal. Errors
    /// that concern it alone are its result. Throws Interrupted: it was not taken then.
    void submit(std::uint64_t line, Command command);
    /// Sends what was submitted, and takes in what comes, until the deadline or, where nothing has come, until one of
    /// the descriptors of `wake` is ready. Throws Interrupted, which leaves everything as it is, or resolved.
    void receive(Deadline deadline, std::span<const pollfd> wake = {});
    /// How many results are still to come.
    std::size_t unfinished() const { return ready_.size() + outstanding_.size() + followed_.size(); }
    /// From now on so much time is left for everything that is unfinished; what has not left yet never does.
    void shorten_deadlines(Milliseconds left);
    /// Waits for nothing any more: what is outstanding has an unknown outcome, for this reason.
    void abandon(const std::string& why);

  private:
    struct Outstanding {
        std::uint64_t line = 0;
        Command command;
        std::string entry{};
        Deadline answer_by{};
    };
    struct Followed {
        Result result;
        gw::OrderState order; ///< as it was last seen
        Deadline until;
    };

    void connect(Deadline deadline);
    bool reopen(Deadline deadline, std::span<const pollfd> wake);
    void leave();
    void write_intents();
    void post(Outstanding outstanding);
    void receive_one(Deadline deadline, std::span<const pollfd> wake);
    void write_outcomes();
    void cancel_unsent(const std::string& why);
    bool may_be_outstanding(const gw::OrderState& order) const;
    std::optional<gw::OrderState> take_early(const gw::OrderState& order);
    void dispatch(gw::ServerMessage message);
    void take_answer(Outstanding outstanding, gw::ServerMessage reply);
    void on_execution(const gw::Execution& execution);
    void finish(Outstanding outstanding, std::variant<Reply, Error> outcome);
    void catch_up();
    void lose_all(const Disconnected& reason);
    void resolve(std::vector<Outstanding> lost, const std::string& why, Loss loss);
    std::optional<OrderRecord> read_record(const std::vector<Outstanding>& lost, std::string& trouble);
    void expire();
    void end_follow(std::map<ClientOrderId, Followed>::iterator followed, const gw::OrderState& order);
    Deadline next_expiry() const;

    Options options_;
    std::optional<Gateway> gateway_;
    std::deque<Outstanding> ready_;                    ///< to leave, once they are in the journal
    std::map<std::uint64_t, Outstanding> outstanding_; ///< by correlation id, which is the order of leaving
    std::map<ClientOrderId, Followed> followed_;
    std::vector<gw::OrderState> early_;     ///< states that may have come before their order's answer
    std::optional<std::uint64_t> sequence_; ///< of the last execution
    bool was_open_ = false;
    bool gave_up_ = false; ///< the last time that a session was to be opened
    bool deadlines_shortened_ = false;
    std::optional<Interrupted> signal_; ///< came while outcomes were being found out
};

} // namespace omen
