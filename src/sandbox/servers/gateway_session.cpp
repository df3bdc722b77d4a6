#include "sandbox/servers/gateway_session.hpp"

#include "protocol/codes.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/sandbox_clock.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/truth_log.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

/// Thrown by a command's function: the answer is an `error` with the command's id.
struct RefusedCommand {
    std::string_view code;
    std::string message;
    std::optional<std::uint64_t> retry_after_ms{};
};

/// The id of a message that could not be read as a command, as far as there is one.
std::optional<std::uint64_t> id_of_unreadable(std::string_view bytes) {
    try {
        return gw::message_id(bytes);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

std::uint64_t wait_ms(const TokenBucket& bucket, Clock::time_point now) {
    return static_cast<std::uint64_t>(std::chrono::ceil<Milliseconds>(bucket.wait(now)).count());
}

std::string too_fast(std::uint64_t ms) {
    return "too many commands; the next one may come in " + std::to_string(ms) + " ms";
}

PrivateChannel channel_of(const std::string& name) {
    if (const auto channel = parse_enum<PrivateChannel>(name)) return *channel;
    throw RefusedCommand{code::invalid_message, "channel: none of balance, positions, pnl, orders, drop_copy"};
}

template <class... Ts> Message message_of_any(const std::variant<Ts...>& answer) {
    return std::visit([](const auto& message) { return message_of(message); }, answer);
}

/// The rejection of a cancel or amend.
template <class Rejected, class Command> Message rate_limited(const Command& command, std::uint64_t ms) {
    return message_of(Rejected{.id = command.id,
                               .order_id = command.order_id,
                               .client_order_id = command.client_order_id,
                               .code = std::string(code::rate_limited),
                               .message = too_fast(ms)});
}

/// The reply to a command whose exception is being handled.
gw::ErrorReply error_reply(std::optional<std::uint64_t> id) {
    try {
        throw;
    } catch (const RefusedCommand& refused) {
        return {.id = id,
                .code = std::string(refused.code),
                .message = refused.message,
                .retry_after_ms = refused.retry_after_ms};
    } catch (const DecodeError& error) {
        return {.id = id, .code = std::string(code::invalid_message), .message = error.what(), .retry_after_ms = {}};
    } catch (const std::exception& error) {
        return {.id = id, .code = std::string(code::internal), .message = error.what(), .retry_after_ms = {}};
    }
}

constexpr CommandKind kind_of(const gw::Order&) {
    return CommandKind::order;
}
constexpr CommandKind kind_of(const gw::Cancel&) {
    return CommandKind::cancel;
}
constexpr CommandKind kind_of(const gw::CancelAll&) {
    return CommandKind::cancel_all;
}
constexpr CommandKind kind_of(const gw::Amend&) {
    return CommandKind::amend;
}

/// Commands that change something.
template <class Command> constexpr bool is_trade = gw::Answer<Command>::write;
template <> constexpr bool is_trade<wire::Unknown> = false;

} // namespace

GatewaySession::GatewaySession(GatewayServer& server, Session& session)
    : server_(server),
      session_(session),
      number_(++server.last_session_),
      place_(server.sessions_, session.address()),
      feed_(server.exchange_, server.faults_, session),
      orders_(server.limits_.orders_per_second, server.limits_.order_burst),
      cancels_(server.limits_.cancels_per_second, server.limits_.cancel_burst) {
    server_.clients_.insert(this);
}

GatewaySession::~GatewaySession() {
    server_.clients_.erase(this);
}

template <class T> void GatewaySession::send(const T& message) {
    session_.send(message_of(message));
}

void GatewaySession::send_error(std::optional<std::uint64_t> id, std::string_view code, const std::string& message) {
    send(gw::ErrorReply{.id = id, .code = std::string(code), .message = message, .retry_after_ms = {}});
}

void GatewaySession::on_message(std::string_view bytes, bool is_binary) {
    try {
        if (!is_binary) throw DecodeError("a text frame; commands are MessagePack in binary frames");
        std::visit(
            [&](const auto& command) {
                if constexpr (is_trade<std::decay_t<decltype(command)>>)
                    trade(command, bytes);
                else
                    handle(command);
            },
            wire::decode_any<gw::Command>(bytes));
    } catch (...) {
        send(error_reply(id_of_unreadable(bytes)));
    }
}

void GatewaySession::on_too_large() {
    send_error({}, code::message_too_large,
               "a message may have " + std::to_string(server_.limits_.max_client_message) + " bytes");
    session_.close(close_code::too_large);
}

void GatewaySession::check_expiry() {
    if (!identity_ || !identity_->has_expired(server_.clock_.machine()) || feed_.subscriptions() == 0) return;
    feed_.unsubscribe_all();
    send_error({}, code::token_expired, "the token has expired; the session's subscriptions have ended");
}

void GatewaySession::expire_token() {
    if (identity_) identity_->expires_at = std::min(identity_->expires_at, server_.clock_.machine());
    check_expiry();
}

const Identity& GatewaySession::authorised(Permission permission) const {
    if (!identity_) throw RefusedCommand{code::unauthenticated, "auth must come first"};
    if (const auto refusal = identity_->refusal_of(permission, server_.clock_.machine()))
        throw RefusedCommand{refusal->code, refusal->message};
    return *identity_;
}

/// A session keeps the wallet that it first found, though another one is linked later. Nothing while none is linked.
std::optional<std::string> GatewaySession::wallet() {
    const auto linked = server_.exchange_.wallet_of(identity_->account);
    if (linked && !wallet_) wallet_ = linked->wallet;
    return linked ? wallet_ : std::nullopt;
}

std::string GatewaySession::wallet_for(Permission permission) {
    authorised(permission);
    if (auto found = wallet()) return *found;
    throw RefusedCommand{code::wallet_not_linked, "no wallet is linked to this account"};
}

void GatewaySession::handle(const gw::Auth& command) {
    const auto verdict = server_.tokens_.verify(command.token, server_.clock_.machine());
    if (const auto* refusal = std::get_if<AuthRefusal>(&verdict)) throw RefusedCommand{refusal->code, refusal->message};
    const auto& identity = std::get<Identity>(verdict);
    if (identity_ && identity_->account != identity.account)
        throw RefusedCommand{code::wallet_scope, "the session belongs to another account"};
    identity_ = identity;
    send(gw::Authenticated{.id = command.id,
                           .account = identity.account,
                           .wallet = wallet(),
                           .permissions =
                               std::vector<Open<Permission>>(identity.permissions.begin(), identity.permissions.end()),
                           .expires_at = identity.expires_at});
}

void GatewaySession::handle(const gw::Ping& command) {
    send(gw::Pong{.id = command.id, .timestamp = server_.clock_.exchange()});
}

template <class Command> void GatewaySession::trade(const Command& command, std::string_view bytes) {
    const auto* fault = server_.faults_.on_command(kind_of(command));
    if (fault != nullptr && fault->forestalls()) {
        server_.log_.add({.session = number_, .executed = false, .command = bytes, .fault = fault});
        return strike(*fault, command.id, nullptr);
    }
    if (fault != nullptr && fault->postpones()) {
        session_.later(fault->delay, [this, command, bytes = std::string(bytes), fault = *fault] {
            carry_out(command, bytes, &fault);
        });
        return strike(*fault, command.id, nullptr);
    }
    const auto answer = carry_out(command, bytes, fault);
    if (fault == nullptr) return session_.send(answer);
    strike(*fault, command.id, answer);
}

/// Executes a command and logs it. Returns the exchange's answer, which is not sent yet.
template <class Command>
Message GatewaySession::carry_out(const Command& command, std::string_view bytes, const FaultSpec* fault) {
    const auto [answer, executed] = answer_to(command);
    server_.log_.add({.session = number_, .executed = executed, .command = bytes, .answer = *answer, .fault = fault});
    return answer;
}

template <class Command> GatewaySession::Answer GatewaySession::answer_to(const Command& command) {
    try {
        return execute(command);
    } catch (...) {
        return {.message = message_of(error_reply(command.id)), .executed = false};
    }
}

/// There is an answer but where the fault forestalls or postpones the command.
void GatewaySession::strike(const FaultSpec& fault, std::uint64_t id, const Message& answer) {
    switch (fault.kind) {
    case FaultKind::close_before:
    case FaultKind::close_after:
        return session_.close(close_code::restart);
    case FaultKind::reset_before:
    case FaultKind::reset_after:
        return session_.reset();
    case FaultKind::stall_before:
    case FaultKind::stall_after:
        return session_.stall();
    case FaultKind::late_after_close:
        return session_.close(fault.close_code);
    case FaultKind::fin_before:
    case FaultKind::fin:
        return session_.end_stream();
    case FaultKind::internal_before:
    case FaultKind::internal_after:
        return send_error(id, code::internal, "an internal failure, on purpose");
    case FaultKind::duplicate_answer:
        session_.send(answer);
        return session_.send(answer);
    case FaultKind::delay_answers:
        return session_.later(fault.delay, [this, answer] { session_.send(answer); });
    case FaultKind::garbage_answer: // 0xc1 is no MessagePack
        return session_.send(std::make_shared<const std::string>(answer->size(), '\xc1'));
    case FaultKind::cut_answer:
        return session_.cut(answer);
    case FaultKind::half_frame_stall:
        return session_.stall_within(answer);
    default: // swallow_answer
        return;
    }
}

GatewaySession::Answer GatewaySession::execute(const gw::Order& command) {
    const auto wallet = wallet_for(Permission::trade);
    if (!orders_.take(server_.clock_.steady()))
        return {.message =
                    message_of(gw::OrderRejected{.id = command.id,
                                                 .client_order_id = command.client_order_id,
                                                 .code = std::string(code::rate_limited),
                                                 .message = too_fast(wait_ms(orders_, server_.clock_.steady()))}),
                .executed = false};
    return {.message = message_of_any(server_.exchange_.order(wallet, command, server_.clock_.exchange()))};
}

GatewaySession::Answer GatewaySession::execute(const gw::Cancel& command) {
    const auto wallet = wallet_for(Permission::trade);
    if (!cancels_.take(server_.clock_.steady()))
        return {.message = rate_limited<gw::CancelRejected>(command, wait_ms(cancels_, server_.clock_.steady())),
                .executed = false};
    return {.message = message_of_any(server_.exchange_.cancel(wallet, command, server_.clock_.exchange()))};
}

GatewaySession::Answer GatewaySession::execute(const gw::CancelAll& command) {
    const auto wallet = wallet_for(Permission::trade);
    if (!cancels_.take(server_.clock_.steady())) {
        const auto ms = wait_ms(cancels_, server_.clock_.steady());
        throw RefusedCommand{code::rate_limited, too_fast(ms), ms};
    }
    return {.message = message_of_any(server_.exchange_.cancel_all(wallet, command, server_.clock_.exchange()))};
}

GatewaySession::Answer GatewaySession::execute(const gw::Amend& command) {
    const auto wallet = wallet_for(Permission::trade);
    if (!orders_.take(server_.clock_.steady()))
        return {.message = rate_limited<gw::AmendRejected>(command, wait_ms(orders_, server_.clock_.steady())),
                .executed = false};
    return {.message = message_of_any(server_.exchange_.amend(wallet, command, server_.clock_.exchange()))};
}

template <class T> void GatewaySession::reply(T state, std::uint64_t id) {
    state.id = id;
    send(state);
}

void GatewaySession::handle(const gw::GetBalance& command) {
    reply(server_.exchange_.balance(wallet_for(Permission::read)), command.id);
}
void GatewaySession::handle(const gw::GetPositions& command) {
    reply(server_.exchange_.positions(wallet_for(Permission::read)), command.id);
}
void GatewaySession::handle(const gw::GetPnl& command) {
    reply(server_.exchange_.pnl(wallet_for(Permission::read)), command.id);
}
void GatewaySession::handle(const gw::GetOrders& command) {
    reply(server_.exchange_.orders(wallet_for(Permission::read)), command.id);
}

void GatewaySession::handle(const gw::Subscribe& command) {
    const auto wallet = wallet_for(Permission::read);
    const auto channel = channel_of(command.channel);
    const auto limit = server_.limits_.subscriptions_per_session;
    if (!feed_.is_subscribed(channel) && feed_.subscriptions() >= limit)
        throw RefusedCommand{code::too_many_subscriptions,
                             "a session may have " + std::to_string(limit) + " subscriptions"};
    gw::Subscribed subscribed{.id = command.id, .channel = command.channel, .sequence = {}};
    if (channel == PrivateChannel::drop_copy) subscribed.sequence = server_.exchange_.last_sequence(wallet);
    send(subscribed);
    feed_.subscribe(wallet, channel, command.from_sequence);
}

void GatewaySession::handle(const gw::Unsubscribe& command) {
    authorised(Permission::read);
    feed_.unsubscribe(channel_of(command.channel));
    send(gw::Unsubscribed{.id = command.id, .channel = command.channel});
}

void GatewaySession::handle(const wire::Unknown& command) {
    throw RefusedCommand{code::invalid_message, "type: unknown value \"" + command.type + "\""};
}

} // namespace omen::sandbox
