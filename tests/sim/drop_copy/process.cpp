#include "sim/drop_copy/process.hpp"

#include "client/feeds/drop_copy_cursor.hpp"
#include "protocol/wire/codec.hpp"
#include "sim/drop_copy/world.hpp"
#include "sim/link.hpp"

#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;

DropCopyProcess::DropCopyProcess(DropCopyWorld& world, unsigned number, std::optional<std::uint64_t> last)
    : world_(world), number_(number), random_(Random::of(world.plan().seed, 2000 + number)), feed_(last) {
    connect();
}

/// What arrives close together is read at once.
void DropCopyProcess::act_soon() {
    if (std::exchange(will_act_, true)) return;
    world_.timeline().after(random_.between({}, world_.plan().latency), [this] {
        will_act_ = false;
        act();
    });
}

void DropCopyProcess::on_message(const std::string& bytes) {
    inbox_.push_back(wire::decode_any<gw::ServerMessage>(bytes));
    act_soon();
}

void DropCopyProcess::on_end(SessionEnd, const std::string&) {
    has_ended_ = true;
    act_soon();
}

void DropCopyProcess::act() noexcept {
    if (is_over()) return;
    try {
        act_or_die();
    } catch (const Killed&) {
        world_.trace([] { return "killed"; });
        end();
        world_.process_ended(false);
    } catch (const Error& error) {
        world_.trace([&] { return std::string("ends: ") + error.what(); });
        end();
        world_.process_ended(true);
    }
}

void DropCopyProcess::act_or_die() {
    while (!inbox_.empty()) {
        const auto message = std::move(inbox_.front());
        inbox_.pop_front();
        step();
        take(message);
    }
    flush();
    if (has_ended_) reconnect();
}

void DropCopyProcess::end() {
    stage_ = Stage::over;
    if (link_ != nullptr) link_->abort();
}

void DropCopyProcess::connect() {
    has_ended_ = false;
    inbox_.clear();
    kept_.clear();
    stage_ = Stage::authenticating;
    link_ = &world_.connect(*this);
    send(gw::Auth{.token = "alice"});
}

void DropCopyProcess::reconnect() {
    has_ended_ = false;
    stage_ = Stage::waiting;
    link_ = nullptr;
    inbox_.clear();
    world_.timeline().after(random_.of_any_scale(1ms, 2s), [this] {
        if (stage_ == Stage::waiting) connect();
    });
}

template <class Command> void DropCopyProcess::send(Command command) {
    command.id = ++last_id_;
    link_->write(wire::encode(command));
}

void DropCopyProcess::take(const gw::ServerMessage& message) {
    if (const auto* authenticated = std::get_if<gw::Authenticated>(&message)) return begin_session(*authenticated);
    if (const auto* subscribed = std::get_if<gw::Subscribed>(&message)) {
        feed_.subscribed(subscribed->sequence);
        world_.subscribed(*link_, wallet_, subscribed->sequence.value());
        stage_ = Stage::following;
        if (!world_.disk()) commit();
        if (!feed_.is_settled()) settle();
        return;
    }
    if (stage_ == Stage::settling) {
        const bool is_state = std::holds_alternative<gw::Orders>(message) ||
                              std::holds_alternative<gw::Positions>(message) ||
                              std::holds_alternative<gw::Balance>(message);
        if (!is_state) return kept_.push_back(message);
        if (++states_ == 3) state_arrived();
        return;
    }
    if (stage_ != Stage::following) return;
    if (const auto* execution = std::get_if<gw::Execution>(&message)) take(*execution);
    if (const auto* gap = std::get_if<gw::DropCopyGap>(&message))
        if (feed_.on(*gap) == DropCopyFeed::Next::settle) settle();
}

void DropCopyProcess::begin_session(const gw::Authenticated& authenticated) {
    wallet_ = authenticated.wallet.value();
    const auto& cursor = world_.disk();
    if (cursor) check_cursor("cursor", *cursor, "local", wallet_);
    feed_.begin_session(wallet_);
    stage_ = Stage::subscribing;
    send(gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = feed_.from()});
}

void DropCopyProcess::take(const gw::Execution& execution) {
    switch (feed_.on(execution)) {
    case DropCopyFeed::Next::nothing:
        return;
    case DropCopyFeed::Next::subscribe:
        world_.trace([] { return "asks again"; });
        flush();
        link_->abort();
        return connect();
    case DropCopyFeed::Next::settle:
        kept_.emplace_front(execution);
        return settle();
    case DropCopyFeed::Next::line:
        print(execution);
        feed_.line_printed(execution);
    }
}

void DropCopyProcess::settle() {
    if (auto gap = feed_.take_gap()) print(*gap);
    stage_ = Stage::settling;
    states_ = 0;
    send(gw::GetOrders{});
    send(gw::GetPositions{});
    send(gw::GetBalance{});
}

void DropCopyProcess::state_arrived() {
    print(State{});
    feed_.state_printed();
    stage_ = Stage::following;
    for (; !kept_.empty(); kept_.pop_back()) inbox_.push_front(std::move(kept_.back()));
}

// ---- what is written, and how far the cursor says that it is

void DropCopyProcess::print(Line line) {
    // The buffer may be full before it, or behind it.
    if (random_.one_in(8)) flush();
    printed_.push_back(std::move(line));
    if (random_.one_in(8)) flush();
    step();
}

void DropCopyProcess::flush() {
    for (const auto& line : std::exchange(printed_, {})) {
        write(line);
        step();
    }
    commit();
}

void DropCopyProcess::write(const Line& line) {
    world_.trace([&] {
        if (const auto* execution = std::get_if<gw::Execution>(&line))
            return "writes " + std::to_string(execution->sequence);
        if (const auto* gap = std::get_if<gw::DropCopyGap>(&line))
            return "writes a gap up to " + std::to_string(gap->oldest_sequence);
        return std::string("writes the state");
    });
    auto& judge = world_.judge();
    if (const auto* execution = std::get_if<gw::Execution>(&line))
        judge.wrote(*execution);
    else if (const auto* gap = std::get_if<gw::DropCopyGap>(&line))
        judge.wrote(*gap);
    else
        judge.wrote_state();
}

void DropCopyProcess::commit() {
    auto& disk = world_.disk();
    const auto printed = feed_.printed();
    if (!world_.plan().has_cursor || !printed || (disk && disk->sequence == *printed)) return;
    step();
    disk = DropCopyCursor{.environment = "local", .wallet = wallet_, .sequence = *printed};
    world_.trace([&] { return "the cursor says " + std::to_string(disk->sequence); });
    world_.judge().committed(*disk);
    step();
}

void DropCopyProcess::step() {
    if (world_.plan().steps.find(FeedStepKind::kill, number_, steps_++) != nullptr) throw Killed();
}

} // namespace omen::sim
