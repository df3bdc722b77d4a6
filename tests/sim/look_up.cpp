#include "sim/look_up.hpp"

#include "client/session/gateway_error.hpp"
#include "protocol/wire/codec.hpp"
#include "sim/world.hpp"

#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;

namespace {

/// As in the real one.
constexpr Milliseconds longest_pause{500};

} // namespace

LookUp::LookUp(World& world, trading::action::LookUp question, Done done)
    : world_(world), question_(std::move(question)), done_(std::move(done)), began_(world.now()) {
    if (question_.renew_token) world_.renew_token();
    const auto* fails = world_.active(StepKind::look_up_fails);
    const auto* outage = world_.active(StepKind::outage);
    const auto round_trip = 2 * world_.plan().latency;
    world_.timeline().at(question_.by, [this, alive = std::weak_ptr(waits_)] {
        if (alive.expired()) return;
        if (stage_ == Stage::replay) return finish();
        fail(Error(Fault::unreachable, "no answer in time"));
    });
    if (outage != nullptr && outage->value % 2 == 0) return; // nothing answers
    const bool is_refused = outage != nullptr || (fails != nullptr && fails->value % 4 == 0);
    if (is_refused) {
        if (fails != nullptr) world_.tally(StepKind::look_up_fails);
        later(round_trip, [this] { fail(Error(Fault::unreachable, "connection refused")); });
    } else {
        later(round_trip, [this] { begin(); });
    }
}

LookUp::~LookUp() {
    if (connection_ != nullptr) connection_->abort();
}

/// Unless it is over, or something has come, by then.
template <class What> void LookUp::later(Clock::duration duration, What what) {
    world_.timeline().after(duration, [alive = std::weak_ptr(waits_), count = ++*waits_, what] {
        const auto waits = alive.lock();
        if (waits && *waits == count) what();
    });
}

template <class Command> void LookUp::send(Command command) {
    command.id = ++last_id_;
    connection_->write(wire::encode(command));
}

void LookUp::begin() {
    connection_ = &world_.connect(*this, std::nullopt);
    stage_ = Stage::authenticating;
    send(gw::Auth{.token = world_.token()});
}

void LookUp::on_message(const std::string& bytes) {
    ++*waits_;
    take(wire::decode_any<gw::ServerMessage>(bytes));
}

void LookUp::take(const gw::ServerMessage& message) {
    if (const auto* error = std::get_if<gw::ErrorReply>(&message); error != nullptr && error->id == last_id_) {
        if (stage_ == Stage::subscribing) return finish();
        return fail(refusal(CommandLabel::of(gw::Auth{}), error->code.value_or(""), error->message.value_or("")));
    }
    if (const auto* authenticated = std::get_if<gw::Authenticated>(&message)) {
        reading_.emplace(began_, Holder{authenticated->account, authenticated->wallet}, question_.wanted);
        stage_ = Stage::orders;
        return send(gw::GetOrders{});
    }
    if (const auto* orders = std::get_if<gw::Orders>(&message); orders != nullptr && stage_ == Stage::orders) {
        reading_->on(*orders);
        if (question_.is_enough && question_.is_enough(*reading_)) return finish();
        return ask_for_replay();
    }
    if (const auto* subscribed = std::get_if<gw::Subscribed>(&message)) {
        stage_ = Stage::replay;
        reading_->begin_replay(question_.from, subscribed->sequence);
    }
    if (stage_ != Stage::replay) return;
    if (const auto* execution = std::get_if<gw::Execution>(&message)) reading_->on(*execution);
    if (const auto* gap = std::get_if<gw::DropCopyGap>(&message)) reading_->on(*gap);
    if (reading_->has_ended()) return finish();
    later(longest_pause, [this] { finish(); });
}

void LookUp::ask_for_replay() {
    stage_ = Stage::subscribing;
    send(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = question_.from});
}

void LookUp::on_end(SessionEnd, const std::string& why) {
    connection_ = nullptr;
    if (stage_ == Stage::subscribing || stage_ == Stage::replay) return finish();
    fail(Error(Fault::unreachable, why));
}

void LookUp::fail(const Error& error) {
    if (std::exchange(stage_, Stage::over) == Stage::over) return;
    world_.trace([&] { return std::string("the look-up has failed: ") + error.what(); });
    done_(trading::event::LookUpFailed{error});
}

void LookUp::finish() {
    if (std::exchange(stage_, Stage::over) == Stage::over) return;
    world_.trace([&] {
        return "the look-up has read " + std::string(reading_->is_whole() ? "all" : "not all") + " from " +
               std::to_string(reading_->from().value_or(0)) + " to " + std::to_string(reading_->issued().value_or(0));
    });
    done_(trading::event::LookedUp{*reading_});
}

} // namespace omen::sim
