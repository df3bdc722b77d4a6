// When a command's time is over, and when those that are lost are looked up.
//
// A look-up follows another after a while that grows, and one more at each command's *last chance*: as late as it can
// begin and still be read to its end. One that is never answered is cut short then, and what is tried for the first
// time so late reads all that there is, as there is no time to ask for more.

#include "client/session/gateway_error.hpp"
#include "client/trading/engine.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace omen::trading {

namespace {

/// One look-up takes no longer: another may find the exchange better disposed.
constexpr Milliseconds longest_look_up{5'000};

} // namespace

/// Ends the wait for what has taken too long.
void Engine::expire() {
    while (session_ && !session_->by_id.empty()) {
        const auto late = *session_->by_id.begin();
        const auto& command = commands_.at(late.second);
        if (command.answer_by > now()) break;
        if (session_->messages == command.messages_before) {
            // Half a message, pings and pongs are no sign of life.
            act(action::Reset{});
            end_session(SessionEnd::broken, "no answer in time");
            break;
        }
        session_->pace.taken_in(now(), command.id);
        lose(late.second, "no answer in time");
    }
    if (session_ && !session_->authenticated && session_->auth_by <= now()) {
        act(action::Reset{});
        if (wanted_ || !session_->by_id.empty())
            end_session(SessionEnd::broken, "no answer in time");
        else
            handle(
                event::OpenFailed{answer_lost(CommandLabel::of(gw::Auth{}), "no answer in time", Fault::unreachable)});
    }
    for (const auto key : std::set(lost_))
        if (commands_.at(key).deadline <= now())
            unknown(key, look_up_.trouble.empty() ? "it could not be looked up in time" : look_up_.trouble);
    for (const auto key : std::set(followed_))
        if (commands_.at(key).deadline <= now()) end_follow(key, false);
    if (now() >= options_.end)
        for (const auto key : std::exchange(ready_, {})) not_sent(key, "its turn did not come in time");
    // What is lost now may have less time than what was lost when it began.
    if (look_up_.running && look_up_ends_by() < look_up_.by && look_up_ends_by() <= now()) {
        cut_look_up();
        schedule_look_up(now());
    }
    const bool has_object = !lost_.empty() || (state_missing_ && !followed_.empty());
    if (!has_object) {
        look_up_.next = Clock::time_point::max();
        cut_look_up();
    } else if (!look_up_.running && look_up_.next <= now()) {
        look_up();
    }
}

void Engine::schedule_look_up(Clock::time_point at) {
    look_up_.next = std::min(look_up_.next, at);
}

/// When a look-up is still to begin, so that what is the case just before a command's time is over is learnt.
Clock::time_point Engine::last_chance(const Command& command) const {
    return command.deadline - look_up_.takes;
}

/// That of the first lost command whose was not used yet.
std::optional<Clock::time_point> Engine::next_last_chance() const {
    std::optional<Clock::time_point> next;
    for (const auto key : lost_)
        if (const auto last = last_chance(commands_.at(key)); last > look_up_.began && (!next || last < *next))
            next = last;
    return next;
}

/// One more is begun then, or at a last chance: also where it might last until then.
void Engine::repeat_look_up(Clock::time_point at) {
    const auto last = next_last_chance();
    schedule_look_up(last && at + look_up_.takes > *last ? *last : at);
}

/// One that is never answered leaves time for another.
Clock::time_point Engine::look_up_ends_by() const {
    const auto longest = look_up_.began + longest_look_up;
    const auto last = next_last_chance();
    return last ? std::min<Clock::time_point>(longest, std::max(*last, look_up_.began + look_up_.takes)) : longest;
}

void Engine::cut_look_up() {
    look_up_.objects.clear();
    if (std::exchange(look_up_.running, false)) act(action::CutLookUp{});
}

/// Whether all that is kept is to be read, for which there may be no time otherwise.
bool Engine::reads_all(const Command& command) const {
    if (command.wants_all) return true;
    return !command.submitted.handling.minted && !command.all_takes_too_long && last_chance(command) <= now();
}

/// With what was seen of the same wallet since a command left.
SessionFacts Engine::up_to_date(SessionFacts facts, Clock::time_point sent_at) const {
    if (!facts.holder.wallet) return facts;
    const auto marks = seen_.find(lower(*facts.holder.wallet));
    if (marks == seen_.end()) return facts;
    for (const auto& [at, issued] : marks->second)
        if (at >= sent_at) facts.seen = std::max(facts.seen, issued);
    return facts;
}

/// A sequence that is missing later shows that the exchange began anew.
void Engine::saw(const Holder& holder, std::uint64_t issued, Clock::time_point at) {
    if (!holder.wallet) return;
    auto& marks = seen_[lower(*holder.wallet)];
    std::erase_if(marks, [&](const auto& one) { return one.first <= at && one.second <= issued; });
    marks.emplace_back(at, issued);
}

} // namespace omen::trading
