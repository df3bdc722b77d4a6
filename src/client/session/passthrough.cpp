#include "client/session/passthrough.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/wire/json.hpp"
#include "transport/websocket.hpp"

#include <optional>
#include <set>
#include <utility>

namespace omen {

namespace {

constexpr std::uint64_t auth_id = 1;
constexpr std::uint64_t default_id = 2;

/// Of two values under one key nobody knows which one counts.
void check_keys(std::string_view bytes) {
    wire::Cursor in(bytes);
    std::set<std::string_view> keys;
    for (auto left = in.map(); left > 0; --left) {
        const auto key = in.text();
        if (!keys.insert(key).second) throw DecodeError("\"" + std::string(key) + "\" appears twice");
        in.skip();
    }
}

/// A command's MessagePack, checked to be a map with a type.
std::string command_of(std::string_view json) {
    try {
        auto bytes = wire::json_to_msgpack(json);
        wire::tag_of(bytes);
        check_keys(bytes);
        return bytes;
    } catch (const DecodeError& error) {
        throw Error(Fault::usage, std::string("call: ") + error.what(),
                    {.code = "bad_value", .hint = R"(write a JSON object like {"type":"ping"})"});
    }
}

/// The same map with an id in front.
std::string with_id(std::string_view bytes, std::uint64_t id) {
    wire::Cursor in(bytes);
    const auto entries = in.map();
    std::string out;
    wire::Packer packer(out);
    packer.map(entries + 1);
    packer.key("id");
    packer.unsigned_integer(id);
    out += in.rest();
    return out;
}

/// The message as it is sent, and its id.
std::pair<std::string, std::uint64_t> with_some_id(std::string command) {
    const auto id = gw::message_id(command);
    if (id) return {std::move(command), *id};
    return {with_id(command, default_id), default_id};
}

std::string as_json(std::string_view bytes) {
    std::string text;
    wire::append_msgpack_as_json(text, bytes);
    return text;
}

/// The bytes of the reply with this id.
std::string reply_to(WebSocket& socket, std::uint64_t id, Deadline deadline) {
    while (const auto frame = socket.receive(deadline))
        if (gw::message_id(frame->payload) == id) return std::string(frame->payload);
    throw Disconnected(Disconnected::Cause::lost, "no answer in time");
}

void check_authenticated(std::string_view reply) {
    const auto message = wire::decode_any<gw::ServerMessage>(reply);
    if (const auto* error = std::get_if<gw::ErrorReply>(&message))
        throw Error(code::fault_of(error->code.value_or("")), "auth: " + code::in_words(error->message, error->code),
                    {.code = error->code.value_or("")});
}

} // namespace

gw::Command gateway_command(std::string_view json) {
    const auto refuse = [](const std::string& why) {
        return Error(Fault::refused_locally, "call: " + why + ", and there are limits",
                     {.code = "unreadable_command", .hint = "use a profile without limits"});
    };
    const auto bytes = with_some_id(command_of(json)).first;
    try {
        auto command = wire::decode_any<gw::Command>(bytes);
        const auto* unknown = std::get_if<wire::Unknown>(&command);
        if (unknown != nullptr) throw refuse("nobody here knows what \"" + unknown->type + "\" does");
        return command;
    } catch (const DecodeError& error) {
        throw refuse(error.what());
    }
}

std::string call_gateway(const Url& url, const Token& token, std::string_view json, Deadline deadline,
                         const WebSocket::Options& options) {
    refuse_cleartext(url);
    check_token(token, Timestamp::now());
    const auto [command, id] = with_some_id(command_of(json));
    auto socket = WebSocket::connect(url, deadline, options);
    try {
        socket.send(wire::encode(gw::Auth{.id = auth_id, .token = token.secret()}));
        check_authenticated(reply_to(socket, auth_id, deadline));
    } catch (const Disconnected& error) {
        throw Error(Fault::unreachable, std::string("auth: ") + error.what(), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("auth: ") + error.what(), {.code = "unreadable_answer"});
    }
    const auto lost = [](const std::exception& error) {
        return Error(Fault::outcome_unknown, std::string("call: outcome unknown: ") + error.what(),
                     {.code = "outcome_unknown", .hint = "look before you repeat it"});
    };
    try {
        socket.send(command);
        return as_json(reply_to(socket, id, deadline));
    } catch (const Disconnected& error) {
        throw lost(error);
    } catch (const DecodeError& error) { // it may have been the answer
        throw lost(error);
    }
}

void call_market_data(const Url& url, std::string_view json, std::uint64_t count, Deadline deadline,
                      const std::function<void(const std::string&)>& on_event, const WebSocket::Options& options) {
    const auto command = command_of(json);
    auto socket = WebSocket::connect(url, deadline, options);
    try {
        socket.send(command);
        for (; count > 0; --count) {
            const auto frame = socket.receive(deadline);
            if (!frame) throw Error(Fault::not_met, "call: no further event in time", {.code = "not_met"});
            on_event(as_json(frame->payload));
        }
    } catch (const Disconnected& error) {
        throw Error(Fault::unreachable, std::string("call: ") + error.what(), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("call: ") + error.what(), {.code = "unreadable_event"});
    }
}

} // namespace omen
