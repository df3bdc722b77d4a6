#include "sim/drop_copy/world.hpp"

#include "sim/messages.hpp"
#include "support/sandbox_world.hpp"

#include <fmt/format.h>

#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;
using namespace omen::literals;
using sandbox::btc;
using Levels = std::vector<Level>;

DropCopyWorld::DropCopyWorld(const DropCopyPlan& plan, DropCopyFigures& figures, Tracer tracer)
    : plan_(plan),
      figures_(figures),
      tracer_(std::move(tracer)),
      no_log_("", IfThere::refuse, timeline_, failures_),
      judge_([this](const std::string& what) { fail(what); }) {
    begin_exchange("0xA11CE0000");
    for (const auto& step : plan_.steps)
        if (step.kind != FeedStepKind::kill) timeline_.at(Timeline::start + step.at, [this, &step] { happen(step); });
    // What is lost shows at the latest when something comes behind it.
    for (const auto behind : {0s, 20s, 40s}) timeline_.at(Link::quiet_from + behind, [this] { trade(0); });
}

DropCopyWorld::~DropCopyWorld() {
    for (const auto& one : connected_) one.link->end_now(Ending::reset);
}

void DropCopyWorld::fail(const std::string& what) {
    trace([&] { return "FAULT: " + what; });
    if (!failure_) failure_ = what;
}

std::optional<std::string> DropCopyWorld::run() {
    start_process();
    timeline_.advance_to(Link::end_of_world);
    if (!failure_) judge_.check_complete(wallet(), exchange_->last_sequence(wallet()));
    return failure_;
}

// ---- the processes

void DropCopyWorld::start_process() {
    std::optional<std::uint64_t> last;
    if (plan_.from_sequence) last = *plan_.from_sequence - 1;
    if (disk_) last = disk_->sequence;
    trace([&] { return "process " + std::to_string(processes_.size()) + " starts"; });
    judge_.started(disk_, last);
    const auto number = static_cast<unsigned>(processes_.size());
    processes_.push_back(std::make_unique<DropCopyProcess>(*this, number, last));
}

void DropCopyWorld::process_ended(bool was_refused) {
    ++(was_refused ? figures_.refused : figures_.killed);
    if (was_refused) disk_.reset();
    timeline_.after(500ms, [this] { start_process(); });
}

Link& DropCopyWorld::connect(Client& client) {
    ++figures_.connections;
    const auto number = connected_.size();
    auto link = std::make_unique<Link>(timeline_, client, Random::of(plan_.seed, 3000 + number), plan_.latency,
                                       [this](Link& from, const sandbox::Message& message) { pass(from, message); });
    auto& made = *link;
    place_of_[&made] = number;
    connected_.push_back({.link = std::move(link)});
    made.serve(gateway_->open(made));
    return made;
}

void DropCopyWorld::subscribed(const Link& link, const std::string& wallet, std::uint64_t issued) {
    judge_.subscribed(wallet, connected_[place_of_.at(&link)].run, issued);
}

/// What becomes of a message of the exchange.
void DropCopyWorld::pass(Link& link, const sandbox::Message& message) {
    const auto number = place_of_.at(&link);
    auto& connected = connected_[number];
    if (is_message(*message, "subscribed")) connected.run = run_;
    const auto connection = static_cast<unsigned>(number);
    if (!is_message(*message, "execution")) {
        const auto* step = plan_.steps.find(FeedStepKind::deaf, connection, connected.answers++);
        return step != nullptr ? link.end(step->how) : link.send_down(message);
    }
    const auto execution = connected.executions++;
    const auto strikes = [&](FeedStepKind kind) {
        const auto* step = timeline_.now() < Link::quiet_from ? plan_.steps.find(kind, connection, execution) : nullptr;
        if (step != nullptr) judge_.something_is_missing();
        return step;
    };
    if (const auto* step = strikes(FeedStepKind::end)) return link.end(step->how);
    if (strikes(FeedStepKind::lose) != nullptr) return;
    if (strikes(FeedStepKind::late) != nullptr && !connected.late) {
        connected.late = message;
        return;
    }
    if (strikes(FeedStepKind::twice) != nullptr) link.send_down(message);
    link.send_down(message);
    if (connected.late) link.send_down(std::exchange(connected.late, nullptr));
}

// ---- the exchange

std::variant<sandbox::Identity, sandbox::AuthRefusal> DropCopyWorld::Verifier::verify(std::string_view,
                                                                                      Timestamp now) const {
    return sandbox::Identity{
        .account = "alice", .permissions = {Permission::read, Permission::trade}, .expires_at = {now.ms + 3'600'000}};
}

void DropCopyWorld::on_execution(const gw::Execution& execution) {
    ++figures_.executions;
    judge_.happened(execution, run_);
    gateway_->publish(execution);
}

void DropCopyWorld::begin_exchange(const std::string& wallet) {
    ++run_;
    gateway_.reset();
    exchange_ = std::make_unique<sandbox::Exchange>(std::vector{sandbox::test_market(btc, "BTC")});
    gateway_ = std::make_unique<sandbox::GatewayServer>(*exchange_, timeline_, verifier_, sandbox::Limits{}, no_faults_,
                                                        no_log_);
    exchange_->open_book(btc, 50, Levels{{99_d, 1000_d}}, Levels{{101_d, 1000_d}}, timeline_.exchange());
    exchange_->set_listener(this);
    exchange_->fund(wallet, 1000000_d);
    exchange_->link("alice", wallet, timeline_.exchange());
}

/// An order that is filled, one that rests, or one that goes.
void DropCopyWorld::trade(std::uint64_t value) {
    gw::Order order;
    order.client_order_id = {"c" + std::to_string(++orders_)};
    order.market_id = btc;
    order.side = value % 2 == 0 ? Side::buy : Side::sell;
    order.size = 1_d;
    order.price = (order.side == Side::buy) == (value / 2 % 2 == 0) ? 101_d : 99_d;
    exchange_->order(wallet(), order, timeline_.exchange());
    if (value / 4 % 4 == 0) exchange_->cancel_all(wallet(), {}, timeline_.exchange());
}

void DropCopyWorld::happen(const FeedStep& step) {
    if (step.kind != FeedStepKind::trade) trace([&] { return "happens: " + std::string(to_string(step.kind)); });
    switch (step.kind) {
    case FeedStepKind::trade:
        return trade(step.value);
    case FeedStepKind::cut:
        for (const auto& one : connected_) one.link->end(step.how);
        return;
    case FeedStepKind::retention:
        judge_.something_is_missing();
        return exchange_->keep_executions(step.value % 4);
    case FeedStepKind::reset: {
        judge_.something_is_missing();
        const auto now_linked = wallet();
        for (const auto& one : connected_) one.link->end_now(step.how);
        return begin_exchange(now_linked);
    }
    case FeedStepKind::restart:
        judge_.something_is_missing();
        ++run_;
        for (auto& one : connected_) one.late = nullptr; // nobody could tell it from one of the new run
        exchange_->reset_sequences();
        return gateway_->restart_drop_copies();
    case FeedStepKind::relink: {
        judge_.something_is_missing();
        const auto name = "0xC0FFEE" + std::to_string(++wallets_);
        exchange_->fund(name, 1000000_d);
        exchange_->link("alice", name, timeline_.exchange());
        for (auto count = step.value % 6; count > 0; --count) trade(step.value / 8 + count);
        // The session keeps its wallet: somebody ends it, or it would never hear of the other.
        for (const auto& one : connected_) one.link->end(step.how);
        return;
    }
    default:
        return;
    }
}

std::optional<std::string> DropCopyWorlds::fault_in(const Plan& plan, const Options&, Figures& figures, Tracer tracer) {
    return DropCopyWorld(plan, figures, std::move(tracer)).run();
}

std::string DropCopyWorlds::text_of(const Figures& figures) {
    return fmt::format("{} executions over {} connections; {} processes killed, {} refused\n", figures.executions,
                       figures.connections, figures.killed, figures.refused);
}

} // namespace omen::sim
