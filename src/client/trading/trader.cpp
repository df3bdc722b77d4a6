#include "client/trading/trader.hpp"

#include "client/session/answer_deadline.hpp"
#include "client/session/gateway_error.hpp"
#include "system/signals.hpp"

namespace omen {

void Trader::settle(const std::string& entry, JournalLine outcome) {
    if (options_.journal == nullptr || entry.empty()) return;
    if (!options_.journal->settle(entry, std::move(outcome)))
        options_.note("the outcome could not be written to the journal; entry " + entry + " counts as unresolved");
}

/// A signal, the deadline or the end of the session ends what is still to be sent, not what is on its way.
void Trader::await_turn(const gw::TradingCommand& command) {
    std::string why;
    while (why.empty()) {
        const auto now = Clock::now();
        const auto wait = gateway_.pace().wait(now, command);
        if (interrupted_)
            why = "interrupted";
        else if (wait == Clock::duration::zero())
            return;
        else if (wait && !options_.deadline.is_never() && *wait > options_.deadline.left())
            why = "the exchange takes no more of them in the time given";
        else if (!wait && answer_by_.passed())
            why = "the exchange does not answer those before it";
        else
            why = listen(wait ? Deadline::at(now + *wait) : answer_by_);
    }
    throw not_sent(std::visit([](const auto& one) { return CommandLabel::of(one); }, command), why);
}

/// Takes in an answer, or what else comes by then; why no more can be sent, if that is so now.
std::string Trader::listen(Deadline until) {
    try {
        gateway_.receive_one(until);
    } catch (const Interrupted& signal) {
        on_signal(signal.signal);
    } catch (const Disconnected& reason) {
        return reason.what();
    }
    return {};
}

template <class Command> Sent<Command> Trader::post(Command command) {
    await_turn(command);
    // What is in the journal is on its way: nothing there waits for a connection.
    gateway_.connect();
    std::string entry;
    if (options_.journal != nullptr) entry = options_.journal->intend(command);
    try {
        auto pending = gateway_.post(std::move(command));
        sent_.emplace_back(pending.command);
        record_.reset();
        answer_by_ = answer_deadline(options_.deadline);
        return {std::move(pending), std::move(entry), answer_by_};
    } catch (const Error& error) {
        settle(entry, outcome_of(error));
        throw;
    }
}

template <class Command> gw::ReplyTo<Command> Trader::await(Sent<Command> sent) {
    try {
        auto reply = answer(sent);
        settle(sent.entry, outcome_of(reply));
        return reply;
    } catch (const Error& error) {
        settle(sent.entry, outcome_of(error));
        throw;
    }
}

template <class Command> gw::ReplyTo<Command> Trader::answer(const Sent<Command>& sent) {
    for (;;) {
        try {
            gateway_.set_deadline(interrupted_ ? answer_deadline(options_.deadline) : sent.answer_by);
            return gateway_.await(sent.pending);
        } catch (const AnswerLost& lost) {
            return resolve(sent.pending.command, lost);
        } catch (const Interrupted& signal) {
            const auto label = CommandLabel::of(sent.pending.command);
            if (interrupted_) throw answer_lost(label, "interrupted twice", Fault::outcome_unknown);
            on_signal(signal.signal);
        }
    }
}

/// From here on two seconds must do; the connection and its answer may be there all the same.
void Trader::on_signal(int signal) {
    interrupted_ = signal;
    signals::clear();
    options_.deadline = options_.deadline.earlier(Deadline::after(grace_after_signal));
}

/// Until the deadline, or a second signal.
void Trader::read_record() {
    for (;;) {
        try {
            record_ = look_up(options_.new_gateway, sent_, options_.deadline);
            return;
        } catch (const Interrupted& signal) {
            if (interrupted_) throw Error(Fault::outcome_unknown, "interrupted twice");
            on_signal(signal.signal);
        }
    }
}

template <class Command> gw::ReplyTo<Command> Trader::resolve(const Command& command, const AnswerLost& lost) {
    // What is on record has happened. What is not may have happened since, if the session went on.
    const bool tells =
        record_ && (record_is_final_ || fate_of(command, *record_, false).outcome != Fate::Outcome::unknown);
    try {
        if (!tells) read_record();
    } catch (const Error& error) {
        throw still_unknown(CommandLabel::of(command), lost, std::string("it could not be looked up: ") + error.what());
    }
    if (!tells) record_is_final_ = lost.loss() != Loss::answer;
    return conclude(command, *record_, lost, options_.note);
}

#define OMEN_TRADING_COMMAND(Command)                                                                                  \
    template Sent<Command> Trader::post(Command);                                                                      \
    template gw::ReplyTo<Command> Trader::await(Sent<Command>)

OMEN_TRADING_COMMAND(gw::Order);
OMEN_TRADING_COMMAND(gw::Cancel);
OMEN_TRADING_COMMAND(gw::CancelAll);
OMEN_TRADING_COMMAND(gw::Amend);
#undef OMEN_TRADING_COMMAND

} // namespace omen
