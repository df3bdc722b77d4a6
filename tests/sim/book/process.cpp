#include "sim/book/process.hpp"

#include "core/error.hpp"
#include "protocol/wire/codec.hpp"
#include "sim/book/world.hpp"
#include "sim/link.hpp"

#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;

namespace {

/// How long a whole book may take.
constexpr auto patience = 10s;

} // namespace

BookProcess::BookProcess(BookWorld& world, unsigned number)
    : world_(world),
      random_(Random::of(world.plan().seed, 2000 + number)),
      feed_(world.plan().from_rest ? BookFeed::Source::rest : BookFeed::Source::stream) {
    connect();
}

void BookProcess::act_soon(Clock::duration within) {
    world_.timeline().after(within, [this] { act(); });
}

void BookProcess::on_message(const std::string& bytes) {
    inbox_.push_back(bytes);
    act_soon({});
}

void BookProcess::on_end(SessionEnd, const std::string&) {
    has_ended_ = true;
    act_soon({});
}

/// What can't be decoded, or is no book, ends the process; what can be had again does not.
void BookProcess::act() noexcept {
    if (stage_ == Stage::waiting || stage_ == Stage::over) return;
    try {
        act_or_fail();
    } catch (const Error& error) {
        world_.trace([&] { return std::string("ends: ") + error.what(); });
        stage_ = Stage::over;
        link_->abort();
        world_.process_ended();
    } catch (const DecodeError& error) {
        world_.trace([&] { return std::string("ends: ") + error.what(); });
        stage_ = Stage::over;
        link_->abort();
        world_.process_ended();
    }
}

void BookProcess::act_or_fail() {
    if (fetched_) {
        stage_ = Stage::following;
        next_fetch_ = world_.timeline().now() + between_rest_snapshots;
        on(*std::exchange(fetched_, std::nullopt));
    }
    while (!inbox_.empty() && stage_ != Stage::fetching) {
        const auto bytes = std::move(inbox_.front());
        inbox_.pop_front();
        take(bytes);
        await_books();
    }
    if (stage_ == Stage::fetching) return; // it waits for nothing else
    if (has_ended_) return reconnect();
    await_books();
}

void BookProcess::connect() {
    confirmed_ = 0;
    has_ended_ = false;
    inbox_.clear();
    early_.clear();
    fetched_.reset();
    ++connections_;
    stage_ = Stage::subscribing;
    link_ = &world_.connect(*this);
    for (const auto& market : BookWorld::markets())
        link_->write(wire::encode(md::Subscribe{.channel = md::Channel{ChannelKind::orderbook, market}.text()}));
}

void BookProcess::reconnect() {
    world_.trace([] { return "disconnected"; });
    stage_ = Stage::waiting;
    feed_.disconnected();
    world_.judge().disconnected();
    world_.timeline().after(random_.of_any_scale(1ms, 2s), [this] { connect(); });
}

void BookProcess::take(const std::string& bytes) {
    const auto event = wire::decode_any<md::Event>(bytes);
    if (stage_ == Stage::subscribing) {
        if (!std::holds_alternative<md::Subscribed>(event)) return early_.push_back(bytes);
        if (++confirmed_ < BookWorld::markets().size()) return;
        stage_ = Stage::following;
        for (const auto& market : BookWorld::markets())
            feed_.expect(market, Deadline::at(world_.timeline().now() + patience));
        for (; !early_.empty(); early_.pop_back()) inbox_.push_front(std::move(early_.back()));
        return;
    }
    if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(&event)) on(*snapshot);
    if (const auto* delta = std::get_if<md::OrderbookDelta>(&event)) on(*delta);
    if (const auto* gap = std::get_if<md::OrderbookGap>(&event)) on(*gap);
}

template <class Event> void BookProcess::on(const Event& event) {
    const auto step = feed_.on(event);
    if (step.what == BookFeed::What::gap) {
        world_.trace([&] { return "tells a gap of " + event.market_id.text(); });
        world_.gap_told(event.market_id);
        if (step.resubscribe) resubscribe(event.market_id);
        feed_.expect(event.market_id, Deadline::at(world_.timeline().now() + patience));
        return;
    }
    if (step.resubscribe) resubscribe(event.market_id);
    if (step.book == nullptr) return;
    world_.trace([&] { return "shows " + event.market_id.text() + " at " + std::to_string(step.book->sequence()); });
    world_.shown(*link_, event.market_id, step);
}

void BookProcess::resubscribe(const MarketId& market) {
    const auto channel = md::Channel{ChannelKind::orderbook, market}.text();
    link_->write(wire::encode(md::Unsubscribe{.channel = channel}));
    link_->write(wire::encode(md::Subscribe{.channel = channel}));
}

/// Fetches what is wanted; where no whole book comes in time, a new connection is tried.
void BookProcess::await_books() {
    if (stage_ != Stage::following) return;
    const auto due = feed_.due();
    if (due.is_never()) return;
    const auto now = world_.timeline().now();
    if (const auto market = feed_.wants_rest(); market && now >= next_fetch_) return fetch(*market);
    if (due.when() <= now) {
        link_->abort();
        return reconnect();
    }
    const auto wake = feed_.wants_rest() ? std::min(due.when(), next_fetch_) : due.when();
    act_soon(wake - now);
}

/// Nothing else is read meanwhile.
void BookProcess::fetch(const MarketId& market) {
    stage_ = Stage::fetching;
    world_.fetch(market, [this, of = connections_](const std::optional<rest::OrderbookSnapshotResponse>& answer) {
        if (of != connections_ || stage_ != Stage::fetching) return;
        stage_ = Stage::following;
        if (!answer) {
            link_->abort();
            return reconnect();
        }
        fetched_ = answer;
        act();
    });
}

} // namespace omen::sim
