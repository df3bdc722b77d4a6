#pragma once

#include "cli/context/settings.hpp"
#include "cli/output/output.hpp"
#include "client/access/credentials.hpp"
#include "client/access/identity.hpp"
#include "client/markets/market_cache.hpp"
#include "client/markets/markets.hpp"
#include "client/session/gateway.hpp"
#include "client/session/market_data.hpp"
#include "client/session/rest_client.hpp"
#include "client/settings/environment.hpp"
#include "client/trace/recorder.hpp"
#include "client/trace/wire_log.hpp"
#include "client/trading/desk.hpp"
#include "client/trading/journal.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace omen {

/// The flags of commands that change something at the exchange.
struct JournalFlags {
    bool write = true;
    bool sync = false;
};

/// What differs between one command's requests and another's.
struct TradeOptions {
    bool minted = false;                      ///< their client order ids are new ones of ours
    std::optional<Milliseconds> follow_for{}; ///< wait so long for the orders' ends
};

/// What a command works with. Everything is made when it is first asked for, so that a command pays only for what it
/// uses.
class Context {
  public:
    Context(GlobalFlags flags, Variables variables) : flags_(std::move(flags)), variables_(std::move(variables)) {}

    const GlobalFlags& flags() const { return flags_; }
    const Settings& settings();
    const Environment& environment();
    Output& output();
    /// Writes out what there is of output.
    void flush();
    /// The end of a one-shot command.
    Deadline deadline();
    /// The end of one step (a connect, a subscribe) of a command that goes on.
    Deadline step() { return Deadline::after(settings().timeout); }

    /// Of a command that goes on, each use is a step.
    RestClient& rest();
    /// A REST client of a stream's own, for one step of it.
    RestClient new_rest(Deadline deadline);
    Markets& markets();
    Gateway& gateway();
    /// Another session of the same account, to be connected by the deadline.
    Gateway new_gateway(Deadline deadline);
    /// What a desk for commands of this account needs beside where its results go.
    Desk::Options desk(const JournalFlags& flags, trading::Engine::Options engine);
    /// Sends requests over one session and finds out what becomes of each, until the deadline. The results come in the
    /// order of the requests.
    std::vector<trading::Result> trade(const JournalFlags& flags, std::vector<trading::Request> requests,
                                       TradeOptions options = {});
    /// Of what was sent to the environment's exchange. Errors: usage, when no variable says where it is.
    Journal journal(Journal::Sync sync = Journal::Sync::no);
    /// The signal that came while an outcome was being found out; the command went on.
    std::optional<int> interrupted() const { return interrupted_; }
    void set_interrupted(std::optional<int> signal) { interrupted_ = signal; }
    /// A gateway session of a stream's own.
    Gateway gateway_stream();
    /// A connection for a stream: output is flushed before it waits, and it ends when the output's reader goes away.
    MarketData market_data();
    /// For connections of a command's own.
    WebSocket::Options socket() { return {.end = keeps_running_ ? Deadline::never() : deadline(), .tap = tap()}; }
    /// The command goes on after its deadline: it waits for something, or is a stream.
    void keep_running() { keeps_running_ = true; }
    bool keeps_running() const { return keeps_running_; }
    std::string variable(const std::string& name) const { return variables_(name).value_or(""); }
    const Variables& variables() const { return variables_; }

    /// Whether there is somebody to ask: a terminal to read from, and one on stderr.
    static bool can_ask();
    /// Asks on a terminal before something that can't be undone, unless the exchange is local, or --yes or the profile
    /// says not to. Scripts are never asked. A "no" is a refused_locally Error.
    void confirm(const std::string& what);

    /// What a trading command has brought about, in words: stderr states it when stdout can't be written.
    void set_outcome(std::string outcome) { outcome_ = std::move(outcome); }
    const std::string& outcome() const { return outcome_; }

    /// Where the token comes from.
    TokenSource token_source();
    /// Prints something on stderr that is no error.
    void note(const std::string& text);
    /// Reports one failure among several results.
    void report(const Error& error);
    /// Reports that the recording ended early, if it did.
    void report_recording();
    /// The error as it may be shown: whatever the exchange said, the token is not in it.
    Error without_secrets(const Error& error) const;
    /// The token; got when it is first asked for. Errors as those of load_token().
    const Token& token();
    /// Lets the next token() ask the token's file or command anew. False where it has neither.
    bool renew_token();

  private:
    WebSocket::Options stream_socket();
    WebSocket trading_socket(Deadline by);
    WireTap* tap();
    MarketCache market_cache();

    GlobalFlags flags_;
    Variables variables_;
    Clock::time_point started_ = Clock::now();
    std::string outcome_;
    bool keeps_running_ = false;
    std::optional<Deadline> deadline_;
    std::optional<Settings> settings_;
    std::optional<Output> output_;
    std::optional<Token> token_;
    std::vector<std::string> secrets_; ///< every token that there has been
    std::optional<Environment> environment_;
    std::optional<WireLog> wire_log_;
    std::optional<Recorder> recorder_;
    std::optional<RestClient> rest_;
    std::optional<Markets> markets_;
    std::optional<Gateway> gateway_;
    std::optional<Journal> journal_;
    std::optional<int> interrupted_;
};

} // namespace omen
