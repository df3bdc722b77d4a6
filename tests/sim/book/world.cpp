#include "sim/book/world.hpp"

#include "support/sandbox_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;
using namespace omen::literals;
using sandbox::btc;
using sandbox::eth;
using Levels = std::vector<Level>;

namespace {

/// What becomes of a delta on its way: it can't be decoded, is no book, is one of before, or is not the next. The last
/// only where it brings about a fresh snapshot: with one of REST it is paired, as nothing shows that it is none.
sandbox::Message corrupted(md::OrderbookDelta delta, const sandbox::Message& message, std::uint64_t value,
                           bool from_rest) {
    switch (value % (from_rest ? 4 : 5)) {
    case 0:
        return std::make_shared<const std::string>(message->substr(0, message->size() / 2));
    case 1:
        delta.bids.push_back({500_d, 1_d}); // crossed
        break;
    case 2:
        delta.asks.push_back({104_d, -1_d});
        break;
    case 3:
        delta.sequence -= std::min<std::uint64_t>(delta.sequence, 3);
        break;
    default:
        delta.sequence += 5;
    }
    return sandbox::message_of(delta);
}

} // namespace

const std::vector<MarketId>& BookWorld::markets() {
    static const std::vector<MarketId> all{btc, eth};
    return all;
}

BookWorld::BookWorld(const BookPlan& plan, BookFigures& figures, Tracer tracer)
    : plan_(plan),
      figures_(figures),
      tracer_(std::move(tracer)),
      judge_([this](const std::string& what) { fail(what); }) {
    begin_exchange(50);
    for (const auto& step : plan_.steps) timeline_.at(Timeline::start + step.at, [this, &step] { happen(step); });
    // What is lost shows at the latest when something comes behind it.
    for (const auto behind : {0s, 20s, 40s})
        for (std::uint64_t market = 0; market < 2; ++market)
            timeline_.at(Link::quiet_from + behind,
                         [this, market, behind] { change(market + 2 * static_cast<std::uint64_t>(behind / 20s)); });
}

BookWorld::~BookWorld() {
    for (const auto& one : connected_) one.link->end_now(Ending::reset);
}

void BookWorld::fail(const std::string& what) {
    trace([&] { return "FAULT: " + what; });
    if (!failure_) failure_ = what;
}

std::optional<std::string> BookWorld::run() {
    start_process();
    timeline_.advance_to(Link::end_of_world);
    if (!failure_)
        for (const auto& market : markets())
            judge_.check_complete(run_, market, exchange_->orderbook(market, 0)->sequence);
    return failure_;
}

void BookWorld::start_process() {
    judge_.started();
    processes_.push_back(std::make_unique<BookProcess>(*this, static_cast<unsigned>(processes_.size())));
}

void BookWorld::process_ended() {
    ++figures_.ended;
    timeline_.after(500ms, [this] { start_process(); });
}

void BookWorld::shown(const Link& link, const MarketId& market, const BookFeed::Step& step) {
    ++figures_.shown;
    judge_.shown(connected_[place_of_.at(&link)].run, market, step);
}

void BookWorld::gap_told(const MarketId& market) {
    ++figures_.gaps;
    judge_.gap_told(market);
}

// ---- the network

Link& BookWorld::connect(Client& client) {
    ++figures_.connections;
    const auto number = connected_.size();
    auto link = std::make_unique<Link>(timeline_, client, Random::of(plan_.seed, 3000 + number), plan_.latency,
                                       [this](Link& from, const sandbox::Message& message) { pass(from, message); });
    auto& made = *link;
    place_of_[&made] = number;
    connected_.push_back({.link = std::move(link), .run = run_});
    made.serve(feed_->open(made));
    return made;
}

void BookWorld::fetch(const MarketId& market,
                      std::function<void(const std::optional<rest::OrderbookSnapshotResponse>&)> answer) {
    timeline_.after(plan_.latency, [this, market, answer = std::move(answer)] {
        std::optional<rest::OrderbookSnapshotResponse> book;
        if (timeline_.now() >= up_from_) book = exchange_->orderbook(market);
        timeline_.after(plan_.latency, [answer, book = std::move(book)] { answer(book); });
    });
}

void BookWorld::pass(Link& link, const sandbox::Message& message) {
    const auto number = place_of_.at(&link);
    auto& connected = connected_[number];
    const auto connection = static_cast<unsigned>(number);
    const auto event = wire::decode_any<md::Event>(*message);
    if (const auto* delta = std::get_if<md::OrderbookDelta>(&event))
        return pass(connected, connection, *delta, message);
    if (const auto* snapshot = std::get_if<md::OrderbookSnapshot>(&event)) {
        connected.silent.erase(snapshot->market_id);
        connected.late.erase(snapshot->market_id);
        if (plan_.steps.find(BookStepKind::mute, connection, connected.snapshots++) != nullptr) return;
    }
    link.send_down(message);
}

/// What becomes of a delta.
void BookWorld::pass(Connected& connected, unsigned connection, const md::OrderbookDelta& delta,
                     const sandbox::Message& message) {
    auto& link = *connected.link;
    const auto& market = delta.market_id;
    if (connected.silent.contains(market)) return;
    const auto number = connected.deltas++;
    const auto strikes = [&](BookStepKind kind) {
        return timeline_.now() < Link::quiet_from ? plan_.steps.find(kind, connection, number) : nullptr;
    };
    if (const auto* step = strikes(BookStepKind::end)) return link.end(step->how);
    if (strikes(BookStepKind::lose) != nullptr) return;
    if (const auto* step = strikes(BookStepKind::corrupt))
        return link.send_down(corrupted(delta, message, step->value, plan_.from_rest));
    if (strikes(BookStepKind::gap) != nullptr) {
        connected.silent.insert(market);
        return link.send_down(sandbox::message_of(md::OrderbookGap{
            .market_id = market, .last_sequence = delta.sequence - 1, .next_sequence = delta.sequence + 1}));
    }
    if (strikes(BookStepKind::late) != nullptr && !connected.late.contains(market)) {
        connected.late.emplace(market, message);
        return;
    }
    if (strikes(BookStepKind::twice) != nullptr) link.send_down(message);
    link.send_down(message);
    if (const auto late = connected.late.extract(market)) link.send_down(late.mapped());
}

// ---- the exchange

void BookWorld::on_book(const md::OrderbookDelta& delta) {
    ++figures_.deltas;
    note_book(delta.market_id);
    feed_->publish({ChannelKind::orderbook, delta.market_id}, delta);
}

void BookWorld::note_book(const MarketId& market) {
    auto book = exchange_->orderbook(market);
    judge_.happened(run_, market, book->sequence, std::move(book->bids), std::move(book->asks));
}

void BookWorld::begin_exchange(std::uint64_t sequence) {
    ++run_;
    feed_.reset();
    exchange_ = std::make_unique<sandbox::Exchange>(
        std::vector{sandbox::test_market(btc, "BTC"), sandbox::test_market(eth, "ETH")});
    feed_ = std::make_unique<sandbox::MarketDataServer>(*exchange_, timeline_, sandbox::Limits{}, no_faults_);
    for (const auto& market : markets()) {
        const auto size = Decimal::parse(std::to_string(run_));
        exchange_->open_book(market, market == btc ? sequence : sequence + 7, Levels{{99_d, size}, {98_d, 10_d}},
                             Levels{{101_d, size}, {102_d, 10_d}}, timeline_.exchange());
        note_book(market);
    }
    exchange_->set_listener(this);
    exchange_->fund("0xA11CE0000", 1000000_d);
}

/// The house shows other levels, or somebody trades.
void BookWorld::change(std::uint64_t value) {
    const auto& market = value % 2 == 0 ? btc : eth;
    const auto size = Decimal::parse(std::to_string(value / 2 % 7));
    const auto now = timeline_.exchange();
    switch (value / 14 % 4) {
    case 0:
        return exchange_->set_house_levels(market, Levels{{97.5_d, size}}, Levels{{103_d, size}}, now);
    case 1:
        return exchange_->set_house_levels(market, Levels{{99_d, size}}, {}, now);
    case 2:
        return exchange_->replace_house_book(market, Levels{{99_d, 3_d}, {98_d, size}}, Levels{{101_d, 4_d}}, now);
    default:
        gw::Order order;
        order.client_order_id = {"c" + std::to_string(++orders_)};
        order.market_id = market;
        order.side = value / 56 % 2 == 0 ? Side::buy : Side::sell;
        order.size = 1_d;
        order.price = value / 112 % 2 == 0 ? 98.5_d : 101_d;
        exchange_->order("0xA11CE0000", order, now);
    }
}

void BookWorld::happen(const BookStep& step) {
    if (step.kind == BookStepKind::change) return change(step.value);
    if (step.kind == BookStepKind::cut)
        for (const auto& one : connected_) one.link->end(step.how);
    if (step.kind != BookStepKind::reset) return;
    trace([] { return "the exchange begins anew"; });
    for (const auto& one : connected_) one.link->end_now(step.how);
    up_from_ = timeline_.now() + 1s;
    begin_exchange(step.value % 2 == 0 ? 10 + step.value / 2 % 20 : 45 + step.value / 2 % 40);
}

std::optional<std::string> BookWorlds::fault_in(const Plan& plan, const Options&, Figures& figures, Tracer tracer) {
    return BookWorld(plan, figures, std::move(tracer)).run();
}

std::string BookWorlds::text_of(const Figures& figures) {
    return fmt::format("{} deltas, {} books shown, {} gaps; {} connections, {} processes that met what is no book\n",
                       figures.deltas, figures.shown, figures.gaps, figures.connections, figures.ended);
}

} // namespace omen::sim
