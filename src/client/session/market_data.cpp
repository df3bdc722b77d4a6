#include "client/session/market_data.hpp"

#include "protocol/codes.hpp"

#include <algorithm>

namespace omen {

Error feed_error(const md::ErrorEvent& error) {
    const auto about = error.channel ? "subscribe " + *error.channel : std::string("market data");
    auto fault = code::fault_of(error.code.value_or(""));
    if (fault == Fault::outcome_unknown) fault = Fault::refused;
    return Error(
        fault, about + ": " + code::in_words(error.message, error.code),
        {.code = error.code.value_or(""), .hint = fault == Fault::not_found ? "list them with: omenctl markets" : ""});
}

template <class Command> void MarketData::queue(std::size_t connection, const Command& command) {
    connections_[connection].queue(wire::encode(command));
}

bool MarketData::read(Deadline deadline) {
    try {
        const auto frame = connections_.size() == 1 ? connections_.front().receive(deadline) : read_any(deadline);
        if (!frame) return false;
        wire::decode_any_into(frame->payload, event_);
        event_bytes_ = frame->payload.size();
        return true;
    } catch (const Disconnected& error) {
        const auto fault = error.cause() == Disconnected::Cause::violation ? Fault::protocol : Fault::unreachable;
        throw Error(fault, std::string("market data: ") + error.what(), {.code = "disconnected"});
    } catch (const DecodeError& error) {
        throw Error(Fault::protocol, std::string("market data: ") + error.what(), {.code = "unreadable_event"});
    }
}

/// A connection is read until nothing more of it is at hand, then the next one: none has to wait for a busy one. A
/// silent one is looked after at each turn, and so within the time after which it is to be pinged.
std::optional<Frame> MarketData::read_any(Deadline deadline) {
    for (;;) {
        const auto at_once = deadline.passed() ? deadline : Deadline::at(Clock::now());
        for (std::size_t tried = 0; tried < connections_.size(); ++tried) {
            auto& connection = connections_[turn_];
            const auto frame = connection.receive(at_once);
            if (!connection.buffered()) turn_ = (turn_ + 1) % connections_.size();
            if (frame) return frame;
        }
        if (deadline.passed()) return std::nullopt;
        std::vector<pollfd> others;
        for (std::size_t i = 0; i < connections_.size(); ++i)
            if (i != turn_) others.push_back(connections_[i].readable());
        const auto until = deadline.earlier(Deadline::after(options_.ping_after));
        if (const auto frame = connections_[turn_].receive(until, others)) return frame;
    }
}

/// The next event, while subscriptions leave when they are due.
bool MarketData::receive(Deadline deadline) {
    for (;;) {
        if (subscriptions_.unsettled()) send_due();
        if (read(deadline.earlier(subscriptions_.next()))) return true;
        if (deadline.passed()) return false;
    }
}

void MarketData::send_due() {
    const auto now = Clock::now();
    if (const auto* late = subscriptions_.overdue(now))
        throw Error(Fault::unreachable, "subscribe " + *late + ": no answer in time", {.code = "timed_out"});
    std::vector<bool> used(connections_.size());
    for (const auto& command : subscriptions_.take(now)) {
        if (command.leave_first) queue(command.connection, md::Unsubscribe{command.channel});
        queue(command.connection, md::Subscribe{command.channel});
        used[command.connection] = true;
    }
    for (std::size_t i = 0; i < used.size(); ++i)
        if (used[i]) connections_[i].flush();
}

bool MarketData::is_news() {
    if (const auto* error = std::get_if<md::ErrorEvent>(&event_)) return is_news(*error);
    if (const auto* ended = std::get_if<md::Unsubscribed>(&event_))
        return subscriptions_.ended(ended->channel, Clock::now());
    if (const auto* confirmed = std::get_if<md::Subscribed>(&event_)) subscriptions_.confirmed(confirmed->channel);
    return true;
}

bool MarketData::is_news(const md::ErrorEvent& error) {
    const bool too_fast = error.code == code::rate_limited;
    switch (subscriptions_.refused(error.channel.value_or(""), too_fast, Clock::now())) {
    case Subscriptions::Refused::later:
        return false;
    case Subscriptions::Refused::ended:
        if (subscriptions_.count() > 1) return true;
        break;
    case Subscriptions::Refused::unknown:
        break;
    }
    throw feed_error(error);
}

void MarketData::subscribe(std::span<const md::Channel> channels, Deadline deadline) {
    subscriptions_.open(channels, deadline);
    if (subscriptions_.connections() > limits::sessions_per_ip)
        throw Error(Fault::refused_locally,
                    "market data: " + std::to_string(subscriptions_.count()) + " subscriptions are more than the " +
                        std::to_string(limits::sessions_per_ip * limits::subscriptions_per_session) +
                        " that an exchange allows one address",
                    {.code = "too_many_subscriptions", .hint = "name fewer markets"});
    while (connections_.size() < subscriptions_.connections())
        connections_.push_back(WebSocket::connect(url_, deadline, options_));
    std::optional<Error> worst;
    while (subscriptions_.unsettled()) {
        receive(Deadline::never()); // an answer that is overdue ends it
        if (!is_news() || std::holds_alternative<md::Subscribed>(event_) ||
            std::holds_alternative<wire::Unknown>(event_))
            continue;
        if (const auto* error = std::get_if<md::ErrorEvent>(&event_)) {
            const auto one = feed_error(*error);
            if (!worst || more_serious(one.exit_code(), worst->exit_code()) != worst->exit_code()) worst = one;
        }
        waiting_.push(std::move(event_), event_bytes_);
    }
    if (worst && subscriptions_.all_refused()) throw *worst;
}

Clock::time_point MarketData::resubscribe(const md::Channel& channel) {
    const auto leaves = subscriptions_.again(channel.text(), Clock::now());
    send_due();
    return leaves;
}

const md::Event* MarketData::next(Deadline deadline) {
    if (!waiting_.empty()) {
        event_ = waiting_.pop();
        return &event_;
    }
    while (receive(deadline))
        if (is_news()) return &event_;
    return nullptr;
}

} // namespace omen
