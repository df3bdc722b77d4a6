#include "client/session/subscriptions.hpp"

#include <algorithm>

namespace omen {

namespace {

/// Pauses grow up to this one; a subscription that has held for so long is calm.
constexpr Milliseconds longest_pause{10'000};

} // namespace

void Subscriptions::open(std::span<const md::Channel> channels, Deadline by) {
    first_by_ = by;
    for (const auto& channel : channels) {
        const auto connection = channels_.size() / options_.per_connection;
        const Backoff backoff({.longest = longest_pause}, options_.seed++);
        unsettled_ += channels_.emplace(channel.text(), Entry{.connection = connection, .backoff = backoff}).second;
    }
}

std::size_t Subscriptions::connections() const {
    return (channels_.size() + options_.per_connection - 1) / options_.per_connection;
}

void Subscriptions::move(Entry& entry, State state) {
    unsettled_ += settled(entry.state);
    unsettled_ -= settled(state);
    entry.state = state;
}

void Subscriptions::schedule(Entry& entry, Clock::time_point now, bool leave_first) {
    const auto pause = entry.backoff.pause(now);
    const bool calm = !entry.repeated || now - *entry.repeated >= longest_pause;
    entry.when = calm ? now : now + pause;
    entry.leave_first = leave_first;
    move(entry, State::due);
}

Clock::time_point Subscriptions::again(const std::string& channel, Clock::time_point now) {
    const auto found = channels_.find(channel);
    if (found == channels_.end() || found->second.state == State::refused) return now;
    auto& entry = found->second;
    if (entry.state != State::due) schedule(entry, now, true);
    return entry.when;
}

Deadline Subscriptions::next() const {
    auto next = Deadline::never();
    if (!unsettled()) return next;
    for (const auto& [channel, entry] : channels_)
        if (!settled(entry.state)) next = next.earlier(Deadline::at(entry.when));
    return next;
}

std::vector<Subscriptions::Command> Subscriptions::take(Clock::time_point now) {
    std::vector<Command> commands;
    for (auto& [channel, entry] : channels_) {
        if (entry.state != State::due || now < entry.when) continue;
        commands.push_back({.connection = entry.connection, .channel = channel, .leave_first = entry.leave_first});
        const bool first = entry.when == Clock::time_point{};
        entry.when = first ? first_by_.when() : now + options_.answer_within;
        if (!first) entry.repeated = now;
        entry.backoff.connected(now);
        move(entry, State::asked);
    }
    return commands;
}

const std::string* Subscriptions::overdue(Clock::time_point now) const {
    const auto late = std::find_if(channels_.begin(), channels_.end(), [now](const auto& one) {
        return one.second.state == State::asked && now >= one.second.when;
    });
    return late == channels_.end() ? nullptr : &late->first;
}

void Subscriptions::confirmed(const std::string& channel) {
    const auto found = channels_.find(channel);
    if (found != channels_.end() && found->second.state == State::asked) move(found->second, State::confirmed);
}

bool Subscriptions::ended(const std::string& channel, Clock::time_point now) {
    const auto found = channels_.find(channel);
    if (found == channels_.end() || found->second.state != State::confirmed) return false;
    schedule(found->second, now, false);
    return true;
}

Subscriptions::Refused Subscriptions::refused(const std::string& channel, bool too_fast, Clock::time_point now) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return Refused::unknown;
    auto& entry = found->second;
    if (entry.state == State::asked && entry.repeated && too_fast) {
        schedule(entry, now, entry.leave_first);
        return Refused::later;
    }
    move(entry, State::refused);
    return Refused::ended;
}

bool Subscriptions::all_refused() const {
    return std::all_of(channels_.begin(), channels_.end(),
                       [](const auto& one) { return one.second.state == State::refused; });
}

} // namespace omen
