#include "client/session/ping.hpp"

#include "core/error.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"

namespace omen {

namespace {

Decimal milliseconds(Clock::duration duration) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
    return Decimal::from_units(Decimal::whole(us).units() / 1000);
}

template <class Message, class Pong, class Ping>
Decimal ping(const Url& url, Deadline deadline, const WebSocket::Options& options, const Ping& request) {
    try {
        auto socket = WebSocket::connect(url, deadline, options);
        const auto sent = Clock::now();
        socket.send(wire::encode(request));
        while (const auto frame = socket.receive(deadline))
            if (std::holds_alternative<Pong>(wire::decode_any<Message>(frame->payload)))
                return milliseconds(Clock::now() - sent);
    } catch (const Disconnected& error) {
        throw Error(Fault::unreachable, std::string("ping: ") + error.what(), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("ping: ") + error.what(), {.code = "unreadable_answer"});
    }
    throw Error(Fault::unreachable, "ping: no answer in time", {.code = "timed_out"});
}

} // namespace

Decimal ping_gateway(const Url& url, Deadline deadline, const WebSocket::Options& socket) {
    return ping<gw::ServerMessage, gw::Pong>(url, deadline, socket, gw::Ping{.id = 1});
}

Decimal ping_market_data(const Url& url, Deadline deadline, const WebSocket::Options& socket) {
    return ping<md::Event, md::Pong>(url, deadline, socket, md::Ping{.id = 1});
}

} // namespace omen
