#pragma once

#include "client/access/credentials.hpp"
#include "client/session/gateway_error.hpp"
#include "client/session/kept.hpp"
#include "protocol/gateway/messages.hpp"
#include "transport/websocket.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace omen {

/// A read that has left, or is about to, and waits for its answer.
template <class Command> struct Pending {
    Command command;
    bool with_auth = false; ///< it left in the same write as its session's `auth`
};

/// One authenticated session of the trading gateway, for whoever only reads: what changes something goes through
/// trading/desk. It connects when it is first needed; `auth` and the first command leave in one write.
///
/// Errors of every call: unreachable when there is no connection, or an answer was lost; credentials, refused,
/// not_found, rate_limited as the exchange's code says; protocol when an answer makes no sense.
class Gateway {
  public:
    struct Options {
        Deadline deadline;           ///< for connecting and for every answer
        bool pipeline = true;        ///< otherwise wait for `authenticated` before the first command
        WebSocket::Options socket{}; ///< what a stream adds: where to flush, when to stop
    };

    Gateway(Url url, Token token, Options options)
        : url_(std::move(url)), token_(std::move(token)), options_(std::move(options)) {}

    /// Sends a command and waits for its answer.
    template <class Command> gw::ReplyTo<Command> call(Command command) { return await(post(std::move(command))); }
    /// Queues a command, giving it the session's next id. It leaves with the next await().
    template <class Command> Pending<Command> post(Command command);
    /// Waits for the answer. The one case in which a command leaves twice: it travelled with its `auth`, was refused
    /// as unauthenticated, and the `auth` was then accepted.
    template <class Command> gw::ReplyTo<Command> await(Pending<Command> pending);

    /// What `authenticated` said; connects and waits for it if need be. Errors as those of a read.
    const gw::Authenticated& session();
    /// The next event of a subscription; nothing when none has come by the deadline.
    std::optional<gw::ServerMessage> next(Deadline deadline);
    /// Moves the deadline, for sessions that live longer than one command.
    void set_deadline(Deadline deadline) { options_.deadline = deadline; }

  private:
    void connect();
    const gw::Authenticated& authenticate();
    [[noreturn]] void throw_disconnected(const CommandLabel& label, const Disconnected& error) const;
    /// Commands leave as bytes here, and nowhere else; messages enter in receive().
    void send(const std::string& bytes);
    bool receive(Deadline deadline);
    std::uint64_t next_id() { return *awaited_.insert(++last_id_).first; }
    gw::ServerMessage reply_to(std::uint64_t id);
    void store(gw::ServerMessage message, std::size_t wire_bytes);
    std::string reason_of_loss(const Disconnected& error) const;

    Url url_;
    Token token_;
    Options options_;
    std::optional<WebSocket> socket_;
    std::uint64_t last_id_ = 0;
    std::optional<std::uint64_t> auth_id_;
    std::optional<gw::Authenticated> session_;
    std::optional<Error> auth_refusal_;
    std::set<std::uint64_t> awaited_; ///< the ids of commands whose replies have not come
    std::map<std::uint64_t, gw::ServerMessage> replies_;
    Kept<gw::ServerMessage> events_{"gateway"};
    std::optional<gw::ErrorReply> session_error_; ///< the last error that belonged to no command
};

} // namespace omen
