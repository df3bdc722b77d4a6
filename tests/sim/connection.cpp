#include "sim/connection.hpp"

#include "protocol/codes.hpp"
#include "protocol/gateway/messages.hpp"
#include "sim/messages.hpp"
#include "sim/world.hpp"

#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;

Connection::Connection(World& world, Client& client, std::optional<unsigned> session, unsigned number)
    : world_(world),
      client_(&client),
      session_(session),
      random_(Random::of(world.plan().seed, 1000 + number)),
      handler_(world.open(*this)) {
    is_served_ = handler_ != nullptr;
}

Connection::~Connection() = default;

const Step* Connection::fault(StepKind kind, unsigned message) const {
    return session_ ? world_.plan().find(kind, *session_, message) : nullptr;
}

const Step* Connection::fault(StepKind kind) const {
    return session_ ? world_.plan().find(kind, *session_) : nullptr;
}

Clock::duration Connection::latency() {
    return world_.plan().latency + random_.between({}, world_.plan().jitter);
}

// ---- from the client

Connection::Taken Connection::write(std::string bytes, Sent* sent) {
    const auto index = written_++;
    if (const auto* step = fault(StepKind::write_fails, index)) {
        world_.tally(step->kind);
        abort();
        return step->value % 2 == 0 ? Taken::part : Taken::nothing;
    }
    if (has_ended_) return Taken::whole; // it is answered by a reset
    const Upward up{std::make_shared<const std::string>(std::move(bytes)), sent, index};
    up_free_ = std::max(up_free_, world_.now() + latency());
    world_.timeline().at(up_free_, [this, up] { arrive(up); });
    return Taken::whole;
}

void Connection::abort() {
    client_ = nullptr;
    up_free_ = std::max(up_free_, world_.now() + latency());
    world_.timeline().at(up_free_, [this] {
        if (!holds_) return end(Ending::silence);
        if (hold_ != nullptr && hold_->value % 4 != 0) world_.timeline().after(hold_->lasts, [this] { release(); });
    });
}

void Connection::arrive(const Upward& up) {
    if (is_dark_ || is_over_ || !is_served_) return;
    if (const auto* step = fault(StepKind::hold, up.index); step != nullptr && hold_ == nullptr) hold(*step);
    if (holds_) return held_.push_back(up);
    handle(up);
}

/// Keeps what comes, ends the session for the client after a while, and delivers when that is over: behind a close
/// frame within the two seconds in which the rules expect it, else at any time, or never.
void Connection::hold(const Step& step) {
    world_.tally(step.kind);
    hold_ = &step;
    holds_ = true;
    const auto until_end = std::min<Clock::duration>(step.at, 12s);
    if (step.how == Ending::silence) {
        if (step.value % 4 != 0) world_.timeline().after(until_end + step.lasts, [this] { release(); });
        return;
    }
    world_.timeline().after(until_end, [this, &step] {
        if (client_ == nullptr) return;
        const auto ends_at = down_arrival();
        end_towards_client(step.how);
        if (step.how != Ending::close_frame && step.value % 4 != 0)
            world_.timeline().at(ends_at + step.lasts, [this] { release(); });
        if (step.how != Ending::close_frame) return;
        constexpr auto limit = std::chrono::nanoseconds(settled_after) - 1ns;
        if (step.value % 4 != 0)
            world_.timeline().at(ends_at + std::min<Clock::duration>(step.lasts, limit), [this] { release(); });
        world_.timeline().at(ends_at + limit, [this] { is_over_ = true; });
    });
}

void Connection::release() {
    if (!std::exchange(holds_, false)) return;
    for (const auto& up : std::exchange(held_, {})) handle(up);
    if (client_ == nullptr) end(Ending::silence);
}

void Connection::handle(const Upward& up) {
    if (!is_served_) return;
    if (const auto* step = fault(StepKind::slow_auth); step != nullptr && up.index == 0) {
        world_.tally(step->kind);
        late_auth_ = up;
        auth_waits_ = 1 + static_cast<unsigned>(step->value % 6);
        return world_.timeline().after(50ms, [this] { handle_late_auth(); });
    }
    if (const auto* step = fault(StepKind::end_before, up.index)) return world_.tally(step->kind), end(step->how);
    if (const auto* step = fault(StepKind::fail_before, up.index); step != nullptr && up.sent != nullptr) {
        world_.tally(step->kind);
        return down(wire::encode(error_of(up.sent->id, code::internal, "failed before it was handled")));
    }
    if (const auto* step = fault(StepKind::no_subscription);
        step != nullptr && step->value % 2 == 0 && up.sent == nullptr && is_message(*up.bytes, "subscribe")) {
        world_.tally(step->kind);
        return down(wire::encode(
            error_of(wire::decode<gw::Subscribe>(*up.bytes).id, code::too_many_subscriptions, "no more of them")));
    }
    const auto* ends_after = fault(StepKind::end_after, up.index);
    const auto* ends_behind = fault(StepKind::end_behind, up.index);
    is_muted_ = ends_after != nullptr;
    handling_ = &up;
    handler_->on_message(*up.bytes, true);
    handling_ = nullptr;
    is_muted_ = false;
    if (const auto* step = ends_after != nullptr ? ends_after : ends_behind) {
        world_.tally(step->kind);
        return end(step->how);
    }
    if (late_auth_ && --auth_waits_ == 0) handle_late_auth();
}

void Connection::handle_late_auth() {
    if (!late_auth_ || !is_served_ || is_dark_) return;
    handler_->on_message(*std::exchange(late_auth_, {})->bytes, true);
}

// ---- to the client

/// What the exchange says of a command is what has happened, whatever becomes of the answer.
void Connection::note_answer(const std::string& bytes) {
    auto& sent = *handling_->sent;
    const auto message = wire::decode_any<gw::ServerMessage>(bytes);
    if (gw::reply_id(message) != sent.id) return;
    sent.handled = world_.now();
    if (const auto* accepted = std::get_if<gw::OrderAccepted>(&message)) {
        sent.accepted = true;
        sent.order_id = accepted->order_id;
    }
    if (const auto* cancelled = std::get_if<gw::CancelledAll>(&message)) {
        sent.accepted = true;
        sent.effects = cancelled->order_ids ? cancelled->order_ids->size() : 0;
    }
    sent.accepted |=
        std::holds_alternative<gw::CancelAccepted>(message) || std::holds_alternative<gw::AmendAccepted>(message);
    world_.trace([&] {
        return "the exchange has handled line " + std::to_string(sent.line) + (sent.accepted ? ": done" : ": refused");
    });
}

void Connection::send(sandbox::Message message) {
    if (is_dark_ || !is_served_) return;
    const auto& bytes = *message;
    const bool is_answer = handling_ != nullptr && has_id(bytes);
    if (is_answer && handling_->sent != nullptr) note_answer(bytes);
    if (is_muted_ || client_ == nullptr) return;
    if (is_message(bytes, "execution")) return session_ ? send_execution(bytes) : send_replayed(bytes);
    if (is_answer) return answer(bytes);
    down(bytes);
}

void Connection::answer(const std::string& bytes) {
    const auto index = handling_->index;
    if (const auto* step = fault(StepKind::stray, index)) {
        world_.tally(step->kind);
        down(stray_message(step->value));
    }
    if (const auto* step = fault(StepKind::lose_answer, index)) return world_.tally(step->kind);
    if (const auto* step = fault(StepKind::delay_answer, index)) {
        world_.tally(step->kind);
        return down(bytes, step->lasts);
    }
    if (const auto* step = fault(StepKind::false_answer, index); step != nullptr && handling_->sent != nullptr) {
        world_.tally(step->kind);
        return answer_falsely(bytes, step->value);
    }
    if (const auto* step = fault(StepKind::nameless); step != nullptr && is_message(bytes, "authenticated")) {
        world_.tally(step->kind);
        return down(without_names(bytes, step->value));
    }
    const auto* unnumbered = session_ ? fault(StepKind::no_subscription) : world_.active(StepKind::replay_unnumbered);
    if (unnumbered != nullptr && is_message(bytes, "subscribed")) {
        world_.tally(unnumbered->kind);
        return down(without_sequence(bytes));
    }
    down(bytes);
    if (const auto* step = fault(StepKind::double_answer, index)) {
        world_.tally(step->kind);
        down(bytes);
    }
}

void Connection::answer_falsely(const std::string& bytes, std::uint64_t variant) {
    if (auto other = false_answer(bytes, handling_->sent->id, variant)) down(std::move(*other));
}

/// In a trading session, live or replayed.
void Connection::send_execution(const std::string& bytes) {
    const auto number = executions_++;
    const auto* hole = fault(StepKind::feed_hole);
    if (hole != nullptr && number >= hole->value % 6 && number < hole->value % 6 + 1 + hole->value / 6 % 3)
        return world_.tally(hole->kind);
    const auto* disorder = fault(StepKind::feed_disorder);
    if (disorder == nullptr || number < disorder->value % 4) return down(bytes);
    world_.tally(disorder->kind);
    down(bytes, number % 2 == 0 ? world_.plan().latency / 4 + 1ms : Clock::duration{});
    if (disorder->value / 4 % 2 == 0) down(bytes);
}

/// In a look-up.
void Connection::send_replayed(const std::string& bytes) {
    const auto number = executions_++;
    const auto previous = std::exchange(previous_, bytes);
    if (const auto* step = world_.active(StepKind::replay_hole)) {
        const auto place = step->value / 3 % 4;
        const bool is_missing = step->value % 3 == 0   ? number == place
                                : step->value % 3 == 1 ? number <= place
                                                       : number >= place;
        if (is_missing) return world_.tally(step->kind);
    }
    const auto* step = world_.active(StepKind::replay_disorder);
    if (step == nullptr) return down(bytes);
    world_.tally(step->kind);
    if (step->value % 3 == 0) down(bytes);
    if (step->value % 3 == 1 && number == 1 + step->value / 3 % 4) return down(previous);
    down(bytes, step->value % 3 == 2 && number % 2 == 0 ? world_.plan().latency / 4 + 1ms : Clock::duration{});
}

Clock::time_point Connection::down_arrival() {
    return down_free_ = std::max(down_free_, world_.now() + latency());
}

void Connection::down(std::string bytes, Clock::duration delay) {
    if (is_dark_ || client_ == nullptr || has_ended_) return;
    const auto* fails = session_ ? nullptr : world_.active(StepKind::look_up_fails);
    if (fails != nullptr && fails->value % 4 != 0 && messages_down_++ == fails->value / 4 % 5) {
        world_.tally(fails->kind);
        if (fails->value % 4 == 1) return stall();
        return end(fails->how);
    }
    const auto arrival = delay == Clock::duration{} ? down_arrival() : down_arrival() + delay;
    world_.timeline().at(arrival, [this, epoch = down_epoch_, bytes = std::move(bytes)] {
        if (client_ != nullptr && !has_ended_ && epoch == down_epoch_) client_->on_message(bytes);
    });
}

void Connection::end_towards_client(Ending how) {
    if (how == Ending::silence) {
        is_dark_ = true;
        return;
    }
    if (how == Ending::reset) ++down_epoch_;
    world_.timeline().at(down_arrival(), [this, how] {
        if (client_ == nullptr || std::exchange(has_ended_, true)) return;
        const bool is_closed = how == Ending::close_frame;
        std::exchange(client_, nullptr)
            ->on_end(is_closed ? SessionEnd::closed : SessionEnd::broken, is_closed ? "closed" : "broken");
    });
}

void Connection::close(std::uint16_t) {
    end(Ending::close_frame);
}

void Connection::later(Milliseconds delay, std::function<void()> act) {
    world_.timeline().after(delay, [this, act = std::move(act)] {
        if (is_served_) act();
    });
}

/// The exchange takes no further part. Its end can't be destroyed while it may be at work.
void Connection::end(Ending how) {
    if (!std::exchange(is_served_, false)) return;
    if (handler_) world_.bury(std::move(handler_));
    if (client_ != nullptr) end_towards_client(how);
}

} // namespace omen::sim
