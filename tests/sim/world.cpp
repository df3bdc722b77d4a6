#include "sim/world.hpp"

#include "protocol/codes.hpp"
#include "sim/judge.hpp"
#include "sim/random.hpp"
#include "support/sandbox_world.hpp"

#include <algorithm>
#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;
using namespace omen::literals;
using sandbox::btc;
using sandbox::eth;
using Levels = std::vector<Level>;

namespace {

/// No world goes on for longer; what is late by then never comes.
constexpr auto longest_life = 10min;
constexpr auto afterwards = 2min;
/// An engine that asks for so many turns at one moment spins.
constexpr unsigned most_turns_at_once = 1'000;

constexpr std::int64_t token_life_ms = 24 * 3'600'000LL;

} // namespace

World::World(const Plan& plan, Figures& figures, Tracer tracer)
    : plan_(plan),
      figures_(figures),
      tracer_(std::move(tracer)),
      no_log_("", IfThere::refuse, timeline_, failures_),
      verifier_(*this),
      ledger_(plan.engine.journal, [this](const std::string& what) { fail(what); }),
      desk_(*this) {
    begin_exchange();
    exchange_->link(account_, "0xA11CE0000", timeline_.exchange());
    issue_token();
    write_history();
    schedule();
}

World::~World() = default;

void World::fail(const std::string& what) {
    trace([&] { return "FAULT: " + what; });
    if (!failure_) failure_ = what;
}

void World::add_avoidable(const std::string& what) {
    ++figures_.avoidable;
    trace([&] { return "AVOIDABLE: " + what; });
    avoidable_.push_back(what);
}

std::optional<std::string> World::run() {
    try {
        if (!live()) return failure_;
    } catch (const Killed&) {
        was_killed_ = true;
    }
    desk_.leave();
    live_on();
    while (const auto next = timeline_.next()) {
        if (*next > Timeline::start + longest_life + afterwards) break;
        timeline_.advance_to(*next);
    }
    if (!was_killed_) ledger_.check_complete();
    if (!failure_) judge();
    return failure_;
}

void World::judge() {
    judge_record(*this);
}

/// Until the client is done.
bool World::live() {
    unsigned turns = 0;
    for (desk_.turn(); !desk_.is_done() && !failure_; desk_.turn()) {
        const auto wakes_at = desk_.wakes_at();
        const auto next = std::min(timeline_.next().value_or(Clock::time_point::max()), wakes_at);
        if (next == Clock::time_point::max()) return fail("it waits for nothing"), false;
        if (next > Timeline::start + longest_life) return fail("it does not end"), false;
        turns = next > now() ? 0 : turns + 1;
        if (turns > most_turns_at_once) return fail("it spins"), false;
        timeline_.advance_to(next);
    }
    return !failure_;
}

// ---- the network

const Step* World::active(StepKind kind) const {
    const auto time = now() - Timeline::start;
    for (const auto& step : plan_.steps)
        if (step.kind == kind && time >= step.at && time < step.at + step.lasts) return &step;
    return nullptr;
}

std::optional<Clock::time_point> World::undisturbed_since() const {
    auto since = Clock::duration{};
    const auto time = now() - Timeline::start;
    for (const auto& step : plan_.steps) {
        const auto is_window = step.kind >= StepKind::outage && step.kind <= StepKind::replay_unnumbered;
        if (!is_window || time < step.at) continue;
        if (time < step.at + step.lasts) return std::nullopt;
        since = std::max(since, step.at + step.lasts);
    }
    return Timeline::start + since;
}

Connection& World::connect(Client& client, std::optional<unsigned> session) {
    const auto number = static_cast<unsigned>(connections_.size());
    connections_.push_back(std::make_unique<Connection>(*this, client, session, number));
    return *connections_.back();
}

/// It is destroyed when nothing of it can be at work any more.
void World::bury(std::unique_ptr<sandbox::SessionHandler> handler) {
    buried_.push_back(std::move(handler));
    timeline_.at(now(), [this] { buried_.clear(); });
}

// ---- the client's token

std::variant<sandbox::Identity, sandbox::AuthRefusal> World::Verifier::verify(std::string_view token,
                                                                              Timestamp now) const {
    const auto& known = world_.tokens_.at(std::stoul(std::string(token)));
    sandbox::Identity identity{
        .account = known.account, .permissions = {Permission::read, Permission::trade}, .expires_at = known.expires_at};
    if (identity.has_expired(now)) return sandbox::AuthRefusal{code::token_expired, "the token has expired"};
    return identity;
}

void World::issue_token() {
    token_ = tokens_.size();
    tokens_.push_back({account_, {timeline_.machine().ms + token_life_ms}});
}

bool World::token_has_expired() const {
    return timeline_.machine() >= tokens_.at(token_).expires_at;
}

bool World::renew_token() {
    if (!has_newer_token_) return false;
    issue_token();
    return true;
}

// ---- the client's machine

std::vector<std::string> World::write_intents(const std::vector<gw::TradingCommand>& commands) {
    const auto number = intents_++;
    for (const auto& step : plan_.steps) {
        if (step.kind != StepKind::disk_full) continue;
        const auto first = step.value % 3;
        if (step.value / 3 % 2 == 0 ? number != first : number < first) continue;
        tally(step.kind);
        throw Error(Fault::usage, "the journal can't be written", {.code = "journal_unwritable"});
    }
    return ledger_.intended(commands);
}

void World::note_outcome(const std::string& entry, const JournalOutcome& outcome) {
    ledger_.settled(entry, JournalOutcome(outcome));
}

// ---- the exchange

void World::on_execution(const gw::Execution& execution) {
    happened_.push_back({run_, now(), execution});
    gateway_->publish(execution);
}

void World::begin_exchange() {
    ++run_;
    gateway_.reset();
    exchange_ = std::make_unique<sandbox::Exchange>(
        std::vector{sandbox::test_market(btc, "BTC"), sandbox::test_market(eth, "ETH")});
    gateway_ = std::make_unique<sandbox::GatewayServer>(*exchange_, timeline_, verifier_, sandbox::Limits{}, no_faults_,
                                                        no_log_);
    exchange_->open_book(btc, 50, Levels{{99_d, 10_d}, {98_d, 10_d}}, Levels{{101_d, 10_d}, {102_d, 10_d}},
                         timeline_.exchange());
    exchange_->set_listener(this);
    for (const auto* wallet : {"0xA11CE0000", "0xB0B0000"}) exchange_->fund(wallet, 1000000_d);
    exchange_->link("bob", "0xB0B0000", timeline_.exchange());
}

void World::write_history() {
    for (const auto& old : plan_.history) {
        timeline_.shift_wall(-old.age);
        exchange_->order(wallet(), old.order, timeline_.exchange());
        if (old.cancelled)
            exchange_->cancel(wallet(), gw::Cancel{.client_order_id = old.order.client_order_id}, timeline_.exchange());
    }
    timeline_.shift_wall({});
}

void World::schedule() {
    for (const auto& command : plan_.commands)
        timeline_.at(Timeline::start + command.at, [] {}); // the desk looks for itself
    for (const auto& step : plan_.steps)
        if (step.kind >= StepKind::retention) timeline_.at(Timeline::start + step.at, [this, &step] { happen(step); });
}

void World::happen(const Step& step) {
    if (step.kind == StepKind::disk_full) return;
    trace([&] { return "happens: " + std::string(to_string(step.kind)); });
    tally(step.kind);
    switch (step.kind) {
    case StepKind::retention:
        return exchange_->keep_executions(step.value % 5);
    case StepKind::reset:
        return reset_exchange(step);
    case StepKind::relink:
        return relink();
    case StepKind::expire_token:
        has_newer_token_ = step.value % 2 == 0;
        tokens_.at(token_).expires_at = timeline_.machine();
        return gateway_->expire_tokens();
    case StepKind::other_account:
        account_ = "bob";
        return issue_token();
    case StepKind::fill:
        return move_market(step.value % 2 == 0);
    case StepKind::signal:
        if (step.value % 4 == 0) timeline_.after(step.lasts / 8, [this] { desk_.signal(15); });
        return desk_.signal(2);
    case StepKind::pause:
        return desk_.pause_until(now() + std::min<Clock::duration>(step.lasts, 12s));
    case StepKind::wall_jump:
        // By no more than the half day that the rules allow for.
        wall_jump_ = Milliseconds(static_cast<std::int64_t>(step.value % (22 * 3'600'000ULL)) - 11 * 3'600'000LL);
        return;
    default:
        return act_as_another(step);
    }
}

/// Everything is forgotten, and every session ends.
void World::reset_exchange(const Step& step) {
    const auto wallet_now = wallet();
    for (const auto& connection : connections_) connection->end(step.how);
    buried_.clear();
    begin_exchange();
    exchange_->fund(wallet_now, 1000000_d);
    exchange_->link(account_, wallet_now, timeline_.exchange());
}

/// A wallet never comes back: nothing would show that it was away.
void World::relink() {
    const auto name = "0xC0FFEE" + std::to_string(++last_wallet_);
    exchange_->fund(name, 1000000_d);
    exchange_->link(account_, name, timeline_.exchange());
    // Whoever used it before gave orders the same names.
    for (const auto& command : plan_.commands)
        if (const auto* order = std::get_if<gw::Order>(&command.request); order != nullptr && !command.minted)
            exchange_->order(name, *order, timeline_.exchange());
}

void World::move_market(bool up) {
    const auto now_ms = timeline_.exchange();
    if (up)
        exchange_->replace_house_book(btc, Levels{{103_d, 10_d}, {102_d, 10_d}}, Levels{{105_d, 10_d}}, now_ms);
    else
        exchange_->replace_house_book(btc, Levels{{95_d, 10_d}}, Levels{{97_d, 10_d}, {98_d, 10_d}}, now_ms);
}

std::optional<gw::OrderState> World::some_order(std::uint64_t value) const {
    const auto open = exchange_->orders(wallet()).orders;
    if (open.empty()) return std::nullopt;
    return open[value % open.size()];
}

void World::act_as_another(const Step& step) {
    const auto order = some_order(step.value);
    const auto now_ms = timeline_.exchange();
    if (step.kind == StepKind::foreign_order) {
        gw::Order placed;
        placed.client_order_id = {"f" + std::to_string(step.value % 1'000)};
        placed.market_id = btc;
        placed.side = step.value % 2 == 0 ? Side::buy : Side::sell;
        placed.price = step.value / 2 % 2 == 0 ? 98_d : 102_d;
        placed.size = 1_d;
        exchange_->order(wallet(), placed, now_ms);
    } else if (step.kind == StepKind::foreign_cancel && step.value % 4 == 0) {
        exchange_->cancel_all(wallet(), {}, now_ms);
    } else if (step.kind == StepKind::foreign_cancel && order) {
        exchange_->cancel(wallet(), gw::Cancel{.order_id = order->order_id}, now_ms);
    } else if (step.kind == StepKind::foreign_amend && order) {
        exchange_->amend(wallet(), gw::Amend{.order_id = order->order_id, .price = 98_d}, now_ms);
    }
}

} // namespace omen::sim
