#include "client/trading/desk.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"
#include "protocol/limits.hpp"
#include "system/signals.hpp"
#include "system/wait.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>
#include <vector>

namespace omen {

namespace {

namespace action = trading::action;
namespace event = trading::event;

/// So many messages may stand between two looks at the clock: who sends without end must not stop time.
constexpr int most_at_once = 4096;

/// What is written by hand in an id may be of any length; everything else of a command takes a few hundred bytes.
std::size_t length_of_ids(const trading::Request& request) {
    return std::visit(
        [](const auto& one) {
            std::size_t length = 0;
            if constexpr (requires { one.order_id->value; }) length += one.order_id ? one.order_id->value.size() : 0;
            if constexpr (requires { one.client_order_id->value; })
                length += one.client_order_id ? one.client_order_id->value.size() : 0;
            else if constexpr (requires { one.client_order_id.value; })
                length += one.client_order_id.value.size();
            return length;
        },
        request);
}

void check_size(const trading::Request& request) {
    constexpr std::size_t of_the_rest = 1024;
    const auto length = length_of_ids(request);
    if (length + of_the_rest <= limits::max_client_message) return;
    throw Error(Fault::refused_locally,
                "message: with ids of " + std::to_string(length) + " bytes it is longer than the exchange takes",
                {.code = std::string(code::message_too_large)});
}

std::uint64_t id_of(const action::Send::Message& message) {
    return std::visit([](const auto& one) { return one.id; }, message);
}

trading::Instant now() {
    return {Clock::now(), Timestamp::now()};
}

SessionEnd end_of(Disconnected::Cause cause) {
    return cause == Disconnected::Cause::closed_by_peer ? SessionEnd::closed : SessionEnd::broken;
}

} // namespace

Desk::Desk(Options options) : options_(std::move(options)), engine_(options_.engine) {}

/// With nothing outstanding the exchange is told that this is the end.
Desk::~Desk() {
    if (socket_ && engine_.is_idle()) socket_->close();
}

void Desk::submit(std::uint64_t line, trading::Request request, trading::Handling handling) {
    check_size(request);
    auto gate = gate_for(request, handling);
    event::Submitted submitted{
        .line = line, .request = std::move(request), .handling = handling, .gate = std::move(gate)};
    try {
        const auto* order = std::get_if<gw::Order>(&submitted.request);
        const bool is_named = order != nullptr && !handling.minted && !handling.check_only;
        if (is_named) submitted.earlier = earlier_orders(order->client_order_id);
    } catch (const Interrupted&) {
        on_signal();
    } catch (const Error& error) {
        submitted.not_searched = error;
    }
    feed(std::move(submitted));
}

std::shared_ptr<const Gate> Desk::gate_for(const trading::Request& request, const trading::Handling& handling) const {
    const bool is_limited = std::holds_alternative<gw::Order>(request) || std::holds_alternative<gw::Amend>(request);
    return is_limited && !handling.flattens ? options_.access.gate() : nullptr;
}

EarlierOrders Desk::earlier_orders(const ClientOrderId& id) {
    if (options_.journal == nullptr) return {};
    if (!identity_) identity_ = options_.access.identity();
    return earlier_orders_of(options_.journal->find(*identity_, id));
}

void Desk::open() {
    feed(event::Wanted{});
    obey();
    while (engine_.is_wanted() && !engine_.signal()) turn(Deadline::never());
    if (refused_) throw Error(*std::exchange(refused_, std::nullopt));
}

void Desk::finish() {
    obey();
    while (unfinished() != 0) turn(Deadline::never());
}

void Desk::turn(Deadline deadline, std::span<const pollfd> wake) {
    const auto outstanding = unfinished();
    const int signals = signals_;
    obey();
    // What there was to wait for may be over: no connection, or a signal while it was made.
    if (unfinished() == outstanding && signals_ == signals)
        wait(deadline.earlier(Deadline::at(engine_.wakes_at())), wake);
    // What has arrived by now counts, however late it is read.
    read_arrived();
    read_look_up();
    if (engine_.wakes_at() <= Clock::now()) feed(event::Time{});
    obey();
    write_outcomes();
}

void Desk::feed(trading::Event event) {
    for (auto& action : engine_.on(std::move(event), now())) to_do_.push_back(std::move(action));
}

void Desk::obey() {
    while (!to_do_.empty()) {
        auto next = std::move(to_do_.front());
        to_do_.pop_front();
        std::visit([this](auto&& one) { perform(std::move(one)); }, std::move(next));
    }
}

void Desk::perform(action::Open&& open) {
    const auto by = Deadline::at(open.by);
    for (bool renewed = false;; renewed = true) {
        try {
            socket_ = options_.access.connect(by);
            if (options_.journal != nullptr) {
                identity_ = options_.access.identity();
                options_.journal->begin_session(*identity_);
            }
            return feed(event::Opened{});
        } catch (const Error& error) {
            const bool may_help = error.fault() == Fault::credentials && !renewed;
            if (!may_help || !options_.access.renew_token()) return feed(event::OpenFailed{error});
        } catch (const Interrupted&) {
            on_signal();
            if (!engine_.signal()) return perform(std::move(open));
            return feed(event::OpenFailed{Error(Fault::unreachable, "interrupted", {.code = "not_sent"})});
        } catch (const std::exception& error) { // no thread, no descriptor
            return feed(event::OpenFailed{Error(Fault::internal, error.what())});
        }
    }
}

void Desk::perform(action::WriteIntents&& intents) {
    std::vector<std::string> entries;
    try {
        for (auto& command : intents.commands) entries.push_back(options_.journal->note(std::move(command)));
        options_.journal->write_noted();
    } catch (const Error& error) {
        return feed(event::IntentsFailed{error});
    }
    feed(event::IntentsWritten{std::move(entries)});
}

void Desk::perform(action::SessionKnown&& session) {
    if (options_.journal != nullptr)
        options_.journal->session_known(
            {.account = session.holder.account, .wallet = session.holder.wallet, .sequence = session.start});
}

std::string Desk::bytes_of(action::Send::Message& message) {
    if (auto* auth = std::get_if<gw::Auth>(&message)) auth->token = options_.access.token();
    return std::visit([](const auto& one) { return wire::encode(one); }, message);
}

/// Which of the messages have left is told by how many bytes the system has taken.
void Desk::perform(action::Send&& send) {
    if (!socket_) return;
    // What is to leave next leaves in the same write.
    for (action::Send* next = nullptr; !to_do_.empty() && (next = std::get_if<action::Send>(&to_do_.front()));
         to_do_.pop_front())
        std::move(next->messages.begin(), next->messages.end(), std::back_inserter(send.messages));
    std::vector<std::pair<std::uint64_t, std::uint64_t>> begins; // of each message: its id, and where it begins
    std::optional<Disconnected> broken;
    try {
        for (auto& message : send.messages) {
            begins.emplace_back(id_of(message), socket_->queued());
            socket_->queue(bytes_of(message));
        }
        flush();
    } catch (const Disconnected& reason) {
        broken = reason;
    }
    event::Left left{.last_id = begins.front().first - 1, .of_id = id_of(send.messages.back())};
    for (const auto& [id, begin] : begins)
        if (begin < socket_->written()) left.last_id = id;
    feed(left);
    if (broken) on_disconnected(*broken);
}

/// A signal does not keep back the rest of what has begun to leave.
void Desk::flush() {
    for (;;) {
        try {
            return socket_->flush();
        } catch (const Interrupted&) {
            if (engine_.signal()) {
                socket_->reset();
                throw Disconnected(Disconnected::Cause::lost, "interrupted twice");
            }
            on_signal();
        }
    }
}

void Desk::perform(action::Reset&&) {
    if (socket_) socket_->reset();
    socket_.reset();
}

void Desk::perform(action::LookUp&& question) {
    look_up_.reset();
    const auto by = Deadline::at(question.by);
    try {
        if (question.renew_token) options_.access.renew_token();
        look_up_ = std::make_unique<LookUp>(
            options_.access.reader(by),
            Question{std::move(question.wanted), question.from, std::move(question.is_enough)}, by);
    } catch (const Interrupted&) {
        on_signal();
        feed(event::LookUpFailed{Error(Fault::unreachable, "interrupted")});
    } catch (const Error& error) {
        feed(event::LookUpFailed{error});
    } catch (const std::exception& error) { // no thread, no descriptor
        feed(event::LookUpFailed{Error(Fault::internal, error.what())});
    }
}

void Desk::perform(action::CutLookUp&&) {
    look_up_.reset();
}

void Desk::perform(action::ReadBook&& read) {
    for (;;) {
        try {
            return feed(event::BookRead{read.key, options_.access.opposite(read.market, read.side)});
        } catch (const Interrupted&) {
            on_signal();
            if (engine_.signal()) return;
        } catch (const Error& error) {
            return feed(event::BookRead{read.key, error});
        }
    }
}

void Desk::perform(action::Report&& report) {
    options_.on_result(std::move(*report.result));
}

void Desk::perform(action::WriteOutcome&& outcome) {
    if (options_.journal == nullptr) return;
    has_outcomes_ = true;
    if (outcome.of_another)
        options_.journal->note_resolved(outcome.entry, std::move(outcome.outcome));
    else
        options_.journal->note(outcome.entry, std::move(outcome.outcome));
}

void Desk::perform(action::Note&& note) {
    options_.note(note.text);
}

void Desk::perform(action::Refused&& refused) {
    refused_ = std::move(refused.error);
}

void Desk::wait(Deadline deadline, std::span<const pollfd> wake) {
    std::vector<pollfd> all(wake.begin(), wake.end());
    if (look_up_) all.push_back({.fd = look_up_->fd(), .events = POLLIN, .revents = 0});
    try {
        if (socket_)
            receive(deadline, all);
        else
            wait_for_any(all, deadline);
    } catch (const Interrupted&) {
        on_signal();
    }
}

void Desk::read_arrived() {
    try {
        const auto without_waiting = Deadline::at(Clock::now());
        for (int count = 0; socket_ && count < most_at_once && receive(without_waiting, {}); ++count) {
        }
    } catch (const Interrupted&) {
        on_signal();
    }
}

/// Takes one message; false where none came.
bool Desk::receive(Deadline deadline, std::span<const pollfd> wake) {
    try {
        const auto frame = socket_->receive(deadline, wake);
        if (!frame) return false;
        feed(event::Received{wire::decode_any<gw::ServerMessage>(frame->payload)});
    } catch (const DecodeError& error) {
        feed(event::Unreadable{error.what()});
    } catch (const Disconnected& reason) {
        on_disconnected(reason);
        return false;
    }
    obey();
    return true;
}

void Desk::on_disconnected(const Disconnected& reason) {
    socket_.reset();
    feed(event::Ended{end_of(reason.cause()), reason.what()});
}

void Desk::read_look_up() {
    if (!look_up_) return;
    auto answer = look_up_->answer();
    if (!answer) return;
    look_up_.reset();
    if (auto* reading = std::get_if<Reading>(&*answer)) return feed(event::LookedUp{std::move(*reading)});
    feed(event::LookUpFailed{std::get<Error>(*answer)});
}

/// An earlier desk may have had the first signal. The second is not the time to find anything out.
void Desk::on_signal() {
    signals::take();
    if (!options_.heeds_first_signal && signals::count() == 1) return;
    const bool is_first = !engine_.signal();
    feed(event::Signal{*signals::received()});
    if (is_first && signals::count() > 1) feed(event::Signal{*signals::received()});
    ++signals_;
}

void Desk::write_outcomes() {
    if (options_.journal == nullptr) return;
    const bool has_outcomes = std::exchange(has_outcomes_, false);
    try {
        options_.journal->write_noted();
    } catch (const Error& error) {
        if (!has_outcomes) return; // what is known of a session alone settles nothing
        options_.note(std::string("outcomes count as unresolved, as they could not be written down: ") + error.what());
    }
}

} // namespace omen
