#pragma once

#include "cli/output/output.hpp"
#include "client/credentials.hpp"
#include "client/environment.hpp"
#include "client/gateway.hpp"
#include "client/market_data.hpp"
#include "client/markets.hpp"
#include "client/rest_client.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace omen {

/// The flags that every command has.
struct GlobalOptions {
    Format format = Format::table;
    bool raw = false;
    std::optional<std::string> environment{};
    Milliseconds timeout{10'000};
    bool yes = false;
    TokenSource token{};
    bool pipeline = true;
};

/// What a command works with. Everything is made when it is first asked for, so that a command pays only for what it
/// uses.
class Context {
  public:
    Context(GlobalOptions options, Variables variables)
        : options_(std::move(options)), variables_(std::move(variables)), output_(options_.format, options_.raw) {}

    const GlobalOptions& options() const { return options_; }
    const Environment& environment();
    Output& output() { return output_; }
    /// The end of a one-shot command.
    Deadline deadline() const { return deadline_; }
    /// The end of one step (a connect, a subscribe) of a command that goes on.
    Deadline step() const { return Deadline::after(options_.timeout); }

    RestClient& rest();
    Markets& markets();
    Gateway& gateway();
    /// A connection for a stream: output is flushed before it waits, and it ends when the output's reader goes away.
    MarketData market_data();
    std::string variable(const std::string& name) const { return variables_(name).value_or(""); }

    /// Asks on a terminal before something that can't be undone, unless the exchange is local or --yes was given.
    /// Scripts are never asked. A "no" is a refused_locally Error.
    void confirm(const std::string& what);

    /// What a trading command has brought about, in words: stderr states it when stdout can't be written.
    void set_outcome(std::string outcome) { outcome_ = std::move(outcome); }
    const std::string& outcome() const { return outcome_; }

  private:
    Token token() const { return load_token(options_.token, variables_); }

    GlobalOptions options_;
    Variables variables_;
    Output output_;
    std::string outcome_;
    Deadline deadline_ = Deadline::after(options_.timeout);
    std::optional<Environment> environment_;
    std::optional<RestClient> rest_;
    std::optional<Markets> markets_;
    std::optional<Gateway> gateway_;
};

} // namespace omen
