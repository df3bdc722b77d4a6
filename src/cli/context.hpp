#pragma once

#include "cli/output/output.hpp"
#include "cli/settings.hpp"
#include "client/credentials.hpp"
#include "client/environment.hpp"
#include "client/gateway.hpp"
#include "client/market_cache.hpp"
#include "client/market_data.hpp"
#include "client/markets.hpp"
#include "client/rest_client.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace omen {

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

    RestClient& rest();
    Markets& markets();
    Gateway& gateway();
    /// A gateway session of a stream's own.
    Gateway gateway_stream();
    /// A connection for a stream: output is flushed before it waits, and it ends when the output's reader goes away.
    MarketData market_data();
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

    /// Where the token is to be had.
    TokenSource token_source();
    /// The token; got when it is first asked for. Errors as those of load_token().
    const Token& token();

  private:
    WebSocket::Options stream_socket();
    MarketCache market_cache();

    GlobalFlags flags_;
    Variables variables_;
    Clock::time_point started_ = Clock::now();
    std::string outcome_;
    std::optional<Deadline> deadline_;
    std::optional<Settings> settings_;
    std::optional<Output> output_;
    std::optional<Token> token_;
    std::optional<Environment> environment_;
    std::optional<RestClient> rest_;
    std::optional<Markets> markets_;
    std::optional<Gateway> gateway_;
};

} // namespace omen
