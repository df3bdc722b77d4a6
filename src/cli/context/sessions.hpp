#pragma once

#include "cli/context/console.hpp"
#include "cli/context/settings.hpp"
#include "client/access/credentials.hpp"
#include "client/journal/journal.hpp"
#include "client/markets/market_cache.hpp"
#include "client/markets/markets.hpp"
#include "client/session/gateway.hpp"
#include "client/session/market_data.hpp"
#include "client/session/rest_client.hpp"
#include "client/trace/recorder.hpp"
#include "client/trace/wire_log.hpp"
#include "client/trading/desk.hpp"
#include "core/time.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace omen {

/// The flags of commands that change something at the exchange.
struct JournalFlags {
    bool write = true;
    bool sync = false;
};

/// What differs between one command's requests and another's.
struct TradeOptions {
    trading::Handling handling{};
    std::optional<Milliseconds> follow_for{}; ///< wait so long for the orders' ends
};

/// One command's dealings with the exchange. Everything is made when it is first asked for, so that a command pays only
/// for what it uses.
class Sessions {
  public:
    Sessions(Settings& settings, Console& console) : settings_(settings), console_(console) {}

    /// The end of a one-shot command.
    Deadline deadline();
    /// Gives a one-shot command its whole time again: what has passed was not the exchange's.
    void restart_deadline();
    /// The end of one step (a connect, a subscribe) of a command that goes on.
    Deadline step() { return Deadline::after(settings_.values().timeout); }
    /// The command goes on after its deadline: it waits for something, or is a stream.
    void keep_running() { keeps_running_ = true; }
    bool keeps_running() const { return keeps_running_; }

    /// The token; got when it is first asked for. Errors as those of load_token().
    const Token& token();
    /// Lets the next token() ask the token's file or command anew. False where it has neither.
    bool renew_token();

    /// Of a command that goes on, each use is a step.
    RestClient& rest();
    /// A REST client of a stream's own, for one step of it.
    RestClient new_rest(Deadline deadline);
    Markets& markets();
    Gateway& gateway();
    /// Another session of the same account, to be connected by the deadline.
    Gateway new_gateway(Deadline deadline);
    /// A gateway session of a stream's own.
    Gateway gateway_stream();
    /// A connection for a stream: output is flushed before it waits, and it ends when the output's reader goes away.
    MarketData market_data();
    /// For connections of a command's own.
    WebSocket::Options socket() { return {.end = keeps_running_ ? Deadline::never() : deadline(), .tap = tap()}; }

    /// What a desk for commands of this account needs beside where its results go.
    Desk::Options desk(const JournalFlags& flags, trading::Engine::Options engine);
    /// Sends requests over one session and finds out what becomes of each, until the deadline. The results come in the
    /// order of the requests.
    std::vector<trading::Result> trade(const JournalFlags& flags, std::vector<trading::Request> requests,
                                       TradeOptions options = {});
    /// Of what was sent to the environment's exchange. Errors: usage, when no variable says where it is.
    Journal journal(Journal::Sync sync = Journal::Sync::no);

    /// Refuses what the profile does not allow, as would be done before it is sent. Errors: those of the gate, and of
    /// the exchange's answers that it needs.
    void check_limits(trading::Request request);

    /// Reports that the recording ended early, if it did.
    void report_recording();

  private:
    WebSocket::Options stream_socket();
    WebSocket trading_socket(Deadline by);
    WireTap* tap();
    MarketCache market_cache();
    std::shared_ptr<const Gate> gate();
    std::vector<Level> opposite(const MarketId& market, Side side);

    Settings& settings_;
    Console& console_;
    Clock::time_point started_ = Clock::now();
    bool keeps_running_ = false;
    std::optional<Deadline> deadline_;
    std::optional<Token> token_;
    std::optional<WireLog> wire_log_;
    std::optional<Recorder> recorder_;
    std::optional<RestClient> rest_;
    std::optional<Markets> markets_;
    std::optional<Gateway> gateway_;
    std::optional<Journal> journal_;
    std::shared_ptr<const Gate> gate_;
};

} // namespace omen
