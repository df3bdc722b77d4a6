#include "client/session/gateway.hpp"

#include "client/session/gateway_error.hpp"
#include "protocol/codes.hpp"
#include "protocol/limits.hpp"

namespace omen {

namespace {

/// The reply that was hoped for, or the Error that the other one means.
template <class Reply> Reply expect(gw::ServerMessage&& reply, const CommandLabel& label) {
    if (auto* hoped = std::get_if<Reply>(&reply)) return std::move(*hoped);
    if (const auto refused = refusal_in(reply)) throw refusal(label, *refused);
    return std::visit(
        [&](const auto& other) -> Reply {
            using Other = std::decay_t<decltype(other)>;
            if constexpr (std::is_same_v<Other, wire::Unknown>)
                throw answer_lost(label, "the answer is of an unknown type \"" + other.type + "\"", Fault::protocol);
            else
                throw answer_lost(label,
                                  "the answer is \"" + std::string(wire::declaration_of<Other>.name) +
                                      "\", which answers no such command",
                                  Fault::protocol);
        },
        reply);
}

} // namespace

void Gateway::connect() {
    if (socket_) return;
    refuse_cleartext(url_);
    check_token(token_, Timestamp::now());
    socket_ = WebSocket::connect(url_, options_.deadline, options_.socket);
    auth_id_ = next_id();
    send(wire::encode(gw::Auth{.id = *auth_id_, .token = token_.secret()}));
    if (!options_.pipeline) session();
}

void Gateway::send(const std::string& bytes) {
    if (bytes.size() > limits::max_client_message)
        throw Error(Fault::refused_locally,
                    "message: " + std::to_string(bytes.size()) + " bytes are more than the exchange takes",
                    {.code = std::string(code::message_too_large)});
    socket_->queue(bytes);
}

template <class Command> Pending<Command> Gateway::post(Command command) {
    connect();
    command.id = next_id();
    send(wire::encode(command));
    return {std::move(command), !session_.has_value()};
}

template <class Command> gw::ReplyTo<Command> Gateway::await(Pending<Command> pending) {
    const auto label = CommandLabel::of(pending.command);
    try {
        socket_->flush();
        authenticate();
        auto reply = reply_to(pending.command.id);
        const auto refused = refusal_in(reply);
        if (pending.with_auth && refused && refused->code == code::unauthenticated) {
            pending = post(std::move(pending.command));
            socket_->flush();
            reply = reply_to(pending.command.id);
        }
        return expect<gw::ReplyTo<Command>>(std::move(reply), label);
    } catch (const Disconnected& error) {
        throw_disconnected(label, error);
    } catch (const DecodeError& error) {
        throw answer_lost(label, error.what(), Fault::protocol);
    }
}

void Gateway::throw_disconnected(const CommandLabel& label, const Disconnected& error) const {
    if (session_error_ && session_error_->code == code::too_many_sessions)
        throw refusal(label, session_error_->code, reason_of_loss(error));
    throw answer_lost(label, reason_of_loss(error), Fault::unreachable);
}

const gw::Authenticated& Gateway::session() {
    const auto label = CommandLabel::of(gw::Auth{});
    try {
        return authenticate();
    } catch (const Disconnected& error) {
        throw_disconnected(label, error);
    } catch (const DecodeError& error) {
        throw answer_lost(label, error.what(), Fault::protocol);
    }
}

const gw::Authenticated& Gateway::authenticate() {
    connect();
    if (session_) return *session_;
    // It is answered once, however many commands wait behind it.
    if (auth_refusal_) throw Error(*auth_refusal_);
    socket_->flush();
    auto reply = reply_to(*auth_id_);
    try {
        return session_.emplace(expect<gw::Authenticated>(std::move(reply), CommandLabel::of(gw::Auth{})));
    } catch (const Error& error) {
        auth_refusal_ = error;
        throw;
    }
}

gw::ServerMessage Gateway::reply_to(std::uint64_t id) {
    do {
        if (auto reply = replies_.extract(id)) return std::move(reply.mapped());
    } while (receive(options_.deadline));
    throw Disconnected(Disconnected::Cause::lost, "no answer in time");
}

/// What answers nothing that was asked, and what is not known, is of no use to anybody: nothing is kept of it.
void Gateway::store(gw::ServerMessage message, std::size_t wire_bytes) {
    if (const auto id = gw::reply_id(message)) {
        if (awaited_.erase(*id) != 0) replies_.emplace(*id, std::move(message));
    } else if (!std::holds_alternative<wire::Unknown>(message)) {
        if (const auto* error = std::get_if<gw::ErrorReply>(&message)) session_error_ = *error;
        events_.push(std::move(message), wire_bytes);
    }
}

std::string Gateway::reason_of_loss(const Disconnected& error) const {
    if (!session_error_) return error.what();
    return code::in_words(session_error_->message, session_error_->code) + ", then " + error.what();
}

/// Takes one message; false when none has come by the deadline.
bool Gateway::receive(Deadline deadline) {
    const auto frame = socket_->receive(deadline);
    if (frame) store(wire::decode_any<gw::ServerMessage>(frame->payload), frame->payload.size());
    return frame.has_value();
}

std::optional<gw::ServerMessage> Gateway::next(Deadline deadline) {
    try {
        while (events_.empty())
            if (!receive(deadline)) return std::nullopt;
    } catch (const Disconnected& error) {
        throw Error(Fault::unreachable, "gateway: " + reason_of_loss(error), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("gateway: ") + error.what(), {.code = "unreadable_event"});
    }
    return events_.pop();
}

#define OMEN_GATEWAY_COMMAND(Command)                                                                                  \
    template Pending<Command> Gateway::post(Command);                                                                  \
    template gw::ReplyTo<Command> Gateway::await(Pending<Command>)

OMEN_GATEWAY_COMMAND(gw::Ping);
OMEN_GATEWAY_COMMAND(gw::GetBalance);
OMEN_GATEWAY_COMMAND(gw::GetPositions);
OMEN_GATEWAY_COMMAND(gw::GetPnl);
OMEN_GATEWAY_COMMAND(gw::GetOrders);
OMEN_GATEWAY_COMMAND(gw::Subscribe);
OMEN_GATEWAY_COMMAND(gw::Unsubscribe);
#undef OMEN_GATEWAY_COMMAND

} // namespace omen
