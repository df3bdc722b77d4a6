#include "sim/desk.hpp"

#include "client/session/gateway_error.hpp"
#include "protocol/codes.hpp"
#include "protocol/wire/codec.hpp"
#include "sim/judge.hpp"
#include "sim/world.hpp"

#include <utility>

namespace omen::sim {

namespace action = trading::action;
namespace event = trading::event;

namespace {

trading::Engine::Options options_of(const Plan& plan) {
    auto options = plan.engine;
    if (plan.one_shot) options.end = Timeline::start + options.timeout;
    return options;
}

std::shared_ptr<const Gate> gate_of(const Plan& plan) {
    static Markets nothing_is_listed([] { return Markets::List(); });
    return plan.limits.any() ? std::make_shared<Gate>(plan.limits, nothing_is_listed) : nullptr;
}

bool is_limited(const trading::Request& request) {
    return std::holds_alternative<gw::Order>(request) || std::holds_alternative<gw::Amend>(request);
}

/// The request in a message, where it is one.
std::optional<trading::Request> request_in(const action::Send::Message& message) {
    return std::visit(
        [](const auto& one) -> std::optional<trading::Request> {
            if constexpr (std::is_constructible_v<trading::Request, decltype(one)>) return trading::Request(one);
            return std::nullopt;
        },
        message);
}

std::uint64_t id_of(const action::Send::Message& message) {
    return std::visit([](const auto& one) { return one.id; }, message);
}

} // namespace

Desk::Desk(World& world)
    : world_(world),
      engine_(options_of(world.plan())),
      gate_(gate_of(world.plan())),
      to_submit_(world.plan().commands.begin(), world.plan().commands.end()),
      attentive_since_(Timeline::start) {}

bool Desk::is_held_up() const {
    return world_.now() < paused_until_;
}

std::optional<Clock::time_point> Desk::attentive_since() const {
    if (is_held_up() || is_connecting_) return std::nullopt;
    return std::max(attentive_since_, paused_until_);
}

Clock::time_point Desk::wakes_at() const {
    if (is_held_up()) return paused_until_;
    if (!signals_waiting_.empty()) return world_.now();
    if (is_connecting_) return Clock::time_point::max();
    if (look_up_answer_ || !inbox_.empty()) return world_.now();
    const bool is_due = !to_submit_.empty() && Timeline::start + to_submit_.front().at <= world_.now();
    if (is_due && engine_.takes_input(world_.now())) return world_.now();
    return engine_.wakes_at();
}

void Desk::turn() {
    if (is_held_up()) return;
    act();
    world_.write_outcomes();
    world_.step();
}

void Desk::act() {
    obey();
    for (const auto number : std::exchange(signals_waiting_, {})) {
        world_.trace([&] { return "signal " + std::to_string(number); });
        to_submit_.clear();
        ++signals_;
        feed(event::Signal{number});
        if (is_connecting_) not_connected(attempts_, Error(Fault::unreachable, "interrupted", {.code = "not_sent"}));
    }
    if (is_connecting_) return;
    submit_due();
    obey();
    read_arrived();
    if (look_up_answer_ && !is_connecting_) {
        look_up_.reset();
        feed(*std::exchange(look_up_answer_, std::nullopt));
    }
    if (!is_connecting_ && engine_.wakes_at() <= world_.now()) feed(event::Time{});
    obey();
}

void Desk::submit_due() {
    while (!to_submit_.empty() && Timeline::start + to_submit_.front().at <= world_.now()) {
        if (!world_.plan().one_shot && !engine_.takes_input(world_.now())) return;
        auto command = std::move(to_submit_.front());
        to_submit_.pop_front();
        const auto line = world_.ledger().submitted(command.request, command.minted);
        auto gate = is_limited(command.request) ? gate_ : nullptr;
        feed(event::Submitted{.line = line,
                              .request = std::move(command.request),
                              .handling = {.minted = command.minted},
                              .gate = std::move(gate)});
    }
}

void Desk::signal(int number) {
    signals_waiting_.push_back(number);
}

/// Where nothing is outstanding it says that this is the end; either way nothing of the process remains.
void Desk::leave() {
    look_up_.reset();
    if (connection_ != nullptr) std::exchange(connection_, nullptr)->abort();
}

void Desk::feed(trading::Event event) {
    for (auto& action : engine_.on(std::move(event), world_.instant())) to_do_.push_back(std::move(action));
}

void Desk::obey() {
    while (!to_do_.empty() && !is_connecting_) {
        auto next = std::move(to_do_.front());
        to_do_.pop_front();
        world_.step();
        std::visit([this](auto&& one) { perform(std::move(one)); }, std::move(next));
    }
}

void Desk::perform(action::Open&& open) {
    if (connection_ != nullptr) world_.fail("a second session is opened beside the first");
    world_.trace([] { return "connecting"; });
    is_connecting_ = true;
    const auto attempt = ++attempts_;
    const auto round_trip = 2 * world_.plan().latency;
    const auto* outage = world_.active(StepKind::outage);
    const auto fails = [this, attempt](Fault fault, const char* why) {
        return [this, attempt, fault, why] { not_connected(attempt, Error(fault, why)); };
    };
    if (outage != nullptr) {
        world_.tally(outage->kind);
        if (outage->value % 2 == 0)
            return world_.timeline().at(open.by, fails(Fault::unreachable, "no connection in time"));
        return world_.timeline().after(round_trip, fails(Fault::unreachable, "connection refused"));
    }
    if (world_.plan().knows_expiry && world_.token_has_expired() && !world_.renew_token())
        return not_connected(attempt, Error(Fault::credentials, "the token has expired"));
    world_.timeline().after(round_trip, [this, attempt] { connected(attempt); });
}

void Desk::connected(unsigned attempt) {
    if (attempt != attempts_ || !is_connecting_) return;
    is_connecting_ = false;
    attentive_since_ = world_.now();
    world_.trace([&] { return "session " + std::to_string(sessions_) + " is open"; });
    connection_ = &world_.connect(*this, sessions_++);
    facts_ = std::make_shared<SessionFacts>();
    auth_id_.reset();
    subscribe_id_.reset();
    world_.begin_session();
    feed(event::Opened{});
}

void Desk::not_connected(unsigned attempt, const Error& error) {
    if (attempt != attempts_ || !is_connecting_) return;
    world_.trace([&] { return std::string("no session: ") + error.what(); });
    is_connecting_ = false;
    attentive_since_ = world_.now();
    feed(event::OpenFailed{error});
}

void Desk::perform(action::WriteIntents&& intents) {
    std::vector<std::string> entries;
    try {
        entries = world_.write_intents(intents.commands);
    } catch (const Error& error) {
        return feed(event::IntentsFailed{error});
    }
    feed(event::IntentsWritten{std::move(entries)});
}

void Desk::perform(action::SessionKnown&& session) {
    world_.session_known(session);
}

void Desk::perform(action::Send&& send) {
    if (connection_ == nullptr) return;
    bool is_broken = false;
    event::Left left{.last_id = id_of(send.messages.front()) - 1, .of_id = id_of(send.messages.back())};
    for (auto& message : send.messages) {
        world_.step();
        const auto id = id_of(message);
        if (auto* auth = std::get_if<gw::Auth>(&message)) {
            auth->token = world_.token();
            auth_id_ = id;
        }
        if (std::holds_alternative<gw::Subscribe>(message) && !subscribe_id_) subscribe_id_ = id;
        Sent* sent = nullptr;
        if (const auto request = request_in(message)) {
            world_.trace([&] { return "sends " + trading::label_of(*request).what + " as " + std::to_string(id); });
            sent = world_.ledger().leaves(*request, id, *connection_->session(), world_.run_number(), world_.instant(),
                                          facts_);
            if (const auto* all = std::get_if<gw::CancelAll>(&*request); sent != nullptr && all != nullptr)
                note_open_orders(world_, *all, *sent);
        }
        auto bytes = std::visit([](const auto& one) { return wire::encode(one); }, message);
        const auto taken = connection_->write(std::move(bytes), sent);
        if (taken == Connection::Taken::nothing) world_.ledger().stays(sent);
        if (taken != Connection::Taken::nothing) left.last_id = id;
        is_broken = taken != Connection::Taken::whole;
        if (is_broken) break;
    }
    feed(left);
    if (is_broken) disconnect({SessionEnd::broken, "the connection broke"});
}

void Desk::perform(action::Reset&&) {
    world_.trace([] { return "gives the session up"; });
    if (connection_ != nullptr) std::exchange(connection_, nullptr)->abort();
    inbox_.clear();
    if (facts_ && facts_->end == SessionEnd::lives) {
        facts_->end = SessionEnd::broken;
        facts_->ended_at = world_.now();
    }
}

void Desk::perform(action::LookUp&& question) {
    if (look_up_ || look_up_answer_) world_.fail("two look-ups at once");
    world_.trace([&] { return "looks up from " + std::to_string(question.from); });
    look_up_answer_.reset();
    look_up_ = std::make_unique<LookUp>(world_, std::move(question),
                                        [this](trading::Event answer) { look_up_answer_ = std::move(answer); });
}

void Desk::perform(action::CutLookUp&&) {
    look_up_.reset();
    look_up_answer_.reset();
}

void Desk::perform(action::ReadBook&& read) {
    const auto book = world_.exchange().orderbook(read.market);
    if (!book) return feed(event::BookRead{read.key, Error(Fault::not_found, "no such market")});
    feed(event::BookRead{read.key, read.side == Side::buy ? book->asks : book->bids});
}

void Desk::perform(action::Report&& report) {
    world_.trace([&] {
        const auto* error = std::get_if<Error>(&report.result->outcome);
        return "line " + std::to_string(report.result->line) + " ends: " + (error != nullptr ? error->what() : "done");
    });
    if (auto* line = world_.ledger().reported(std::move(*report.result), world_.now()))
        judge_report(world_, *this, *line);
}

void Desk::perform(action::WriteOutcome&& outcome) {
    world_.note_outcome(outcome.entry, outcome.outcome);
}

void Desk::perform(action::Note&& note) {
    world_.trace([&] { return "note: " + note.text; });
}

void Desk::perform(action::Refused&& refused) {
    world_.trace([&] { return std::string("refused: ") + refused.error.what(); });
}

void Desk::read_arrived() {
    while (!inbox_.empty() && !is_connecting_) {
        const auto arrived = std::move(inbox_.front());
        inbox_.pop_front();
        if (arrived.end)
            disconnect(*arrived.end);
        else
            receive(arrived.bytes);
        obey();
    }
}

void Desk::receive(const std::string& bytes) {
    try {
        auto message = wire::decode_any<gw::ServerMessage>(bytes);
        learn(message);
        feed(event::Received{std::move(message)});
    } catch (const DecodeError& error) {
        feed(event::Unreadable{error.what()});
    }
}

/// What there is to know of the session, by the rules.
void Desk::learn(const gw::ServerMessage& message) {
    const auto id = gw::reply_id(message);
    if (const auto* authenticated = std::get_if<gw::Authenticated>(&message);
        authenticated != nullptr && id == auth_id_)
        facts_->holder = {authenticated->account, authenticated->wallet};
    if (const auto* subscribed = std::get_if<gw::Subscribed>(&message); subscribed != nullptr && subscribed->sequence) {
        if (id == subscribe_id_) facts_->start = subscribed->sequence;
        facts_->seen = std::max(facts_->seen, *subscribed->sequence);
    }
    if (const auto* execution = std::get_if<gw::Execution>(&message)) facts_->on(*execution);
    if (const auto* error = std::get_if<gw::ErrorReply>(&message))
        if (id && error->code == code::unauthenticated) world_.ledger().may_resend(*connection_->session(), *id);
}

void Desk::disconnect(const event::Ended& end) {
    world_.trace([&] { return "the session has ended: " + end.reason; });
    connection_ = nullptr;
    inbox_.clear();
    facts_->end = end.how;
    facts_->ended_at = world_.now();
    feed(end);
}

} // namespace omen::sim
