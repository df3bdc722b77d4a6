#pragma once

#include "client/trading/resolution.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace omen {

/// A command that changes something has left, or is about to.
template <class Command> struct Sent {
    Pending<Command> pending;
    std::string entry; ///< in the journal; empty without one
    Deadline answer_by;
};

/// Orders, cancels and amends whose outcome is known in the end: each is written to the journal before it leaves, and
/// one whose answer is lost is looked up in the exchange's records, in a session of its own. Nothing is sent twice, and
/// nothing faster than the exchange permits.
///
/// Errors of post(): unreachable ("not_sent") when its turn has not come in time, or a signal or the end of the session
/// came first. Errors of await(): those of the exchange's refusals; unreachable when it surely has not executed;
/// outcome_unknown when that could not be found out in time. A signal while an answer is outstanding is kept, and the
/// outcome found out within two seconds.
class Trader {
  public:
    struct Options {
        Deadline deadline;          ///< for everything
        Journal* journal = nullptr; ///< none: nothing is written down
        NewGateway new_gateway{};
        std::function<void(const std::string&)> note{}; ///< told what is worth knowing beside the result
    };

    Trader(Gateway& gateway, Options options) : gateway_(gateway), options_(std::move(options)) {}

    /// Sends a command and finds out what became of it.
    template <class Command> gw::ReplyTo<Command> call(Command command) { return await(post(std::move(command))); }
    template <class Command> Sent<Command> post(Command command);
    template <class Command> gw::ReplyTo<Command> await(Sent<Command> sent);

    /// The signal that came while an answer was outstanding.
    std::optional<int> interrupted() const { return interrupted_; }

  private:
    template <class Command> gw::ReplyTo<Command> answer(const Sent<Command>& sent);
    template <class Command> gw::ReplyTo<Command> resolve(const Command& command, const AnswerLost& lost);
    void await_turn(const gw::TradingCommand& command);
    std::string listen(Deadline until);
    void on_signal(int signal);
    void read_record();
    void settle(const std::string& entry, JournalLine outcome);

    Gateway& gateway_;
    Options options_;
    std::vector<gw::TradingCommand> sent_;
    Deadline answer_by_;                ///< of the last of them
    std::optional<OrderRecord> record_; ///< what was read of all of them, none posted since
    bool record_is_final_ = false;      ///< the session had ended by then, and with it what it had been sent
    std::optional<int> interrupted_;
};

} // namespace omen
