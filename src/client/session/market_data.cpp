#include "client/session/market_data.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"

#include <algorithm>
#include <set>

namespace omen {

namespace {

[[noreturn]] void throw_refusal(const md::ErrorEvent& error) {
    const auto about = error.channel ? "subscribe " + *error.channel : std::string("market data");
    auto fault = code::fault_of(error.code.value_or(""));
    if (fault == Fault::outcome_unknown) fault = Fault::refused;
    throw Error(
        fault, about + ": " + code::in_words(error.message, error.code),
        {.code = error.code.value_or(""), .hint = fault == Fault::not_found ? "list them with: omenctl markets" : ""});
}

} // namespace

template <class Command> void MarketData::queue(const Command& command) {
    socket_->queue(wire::encode(command));
}

bool MarketData::receive(Deadline deadline) {
    try {
        const auto frame = socket_->receive(deadline);
        if (frame) wire::decode_any_into(frame->payload, event_);
        return frame.has_value();
    } catch (const Disconnected& error) {
        const auto fault = error.cause() == Disconnected::Cause::violation ? Fault::protocol : Fault::unreachable;
        throw Error(fault, std::string("market data: ") + error.what(), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("market data: ") + error.what(), {.code = "unreadable_event"});
    }
}

void MarketData::subscribe(std::span<const md::Channel> channels, Deadline deadline) {
    if (!socket_) socket_ = WebSocket::connect(url_, deadline, options_);
    std::set<std::string> unconfirmed;
    for (const auto& channel : channels) {
        queue(md::Subscribe{channel.text()});
        unconfirmed.insert(channel.text());
    }
    socket_->flush();
    while (!unconfirmed.empty()) {
        if (!receive(deadline))
            throw Error(Fault::unreachable, "subscribe " + *unconfirmed.begin() + ": no answer in time",
                        {.code = "timed_out"});
        if (const auto* error = std::get_if<md::ErrorEvent>(&event_)) throw_refusal(*error);
        if (const auto* confirmed = std::get_if<md::Subscribed>(&event_))
            unconfirmed.erase(confirmed->channel);
        else
            waiting_.push_back(std::move(event_));
    }
}

void MarketData::resubscribe(const md::Channel& channel) {
    queue(md::Unsubscribe{channel.text()});
    queue(md::Subscribe{channel.text()});
    socket_->flush();
}

const md::Event* MarketData::next(Deadline deadline) {
    if (!waiting_.empty()) {
        event_ = std::move(waiting_.front());
        waiting_.pop_front();
    } else if (!receive(deadline)) {
        return nullptr;
    }
    if (const auto* error = std::get_if<md::ErrorEvent>(&event_)) throw_refusal(*error);
    return &event_;
}

} // namespace omen
