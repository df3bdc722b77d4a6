#include "client/trading/pipeline.hpp"

#include "client/session/answer_deadline.hpp"
#include "client/session/gateway_error.hpp"
#include "client/trading/order_lookup.hpp"
#include "client/trading/orders.hpp"
#include "system/backoff.hpp"
#include "system/wait.hpp"

#include <algorithm>
#include <utility>

namespace omen {

namespace {

constexpr Milliseconds first_reopen_pause{50};
constexpr Milliseconds reopen_pause{500};

} // namespace

Pipeline::Pipeline(Options options) : options_(std::move(options)) {}

void Pipeline::connect(Deadline deadline) {
    auto gateway = options_.new_gateway(deadline);
    gateway.session();
    if (options_.follow_for) {
        gw::Subscribe subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy))};
        if (sequence_) subscribe.from_sequence = *sequence_ + 1;
        const auto subscribed = gateway.call(subscribe);
        if (!sequence_) sequence_ = subscribed.sequence;
    }
    gateway_ = std::move(gateway);
}

void Pipeline::open() {
    if (gateway_) return;
    const auto end = Deadline::after(options_.timeout);
    Backoff backoff({.first = first_reopen_pause});
    for (;;) {
        const auto pause = backoff.pause(Clock::now());
        try {
            connect(end);
            was_open_ = true;
            gave_up_ = false;
            return;
        } catch (const Error& error) {
            // Once it has waited in vain, every other command need not wait as long again.
            const bool passing = error.fault() == Fault::unreachable && was_open_ && !gave_up_;
            if (!passing || pause >= end.left()) {
                gave_up_ = was_open_;
                throw;
            }
        }
        wait_until(Deadline::after(pause));
    }
}

std::optional<Clock::duration> Pipeline::wait(const Command& command) const {
    if (!options_.paced) return Clock::duration::zero();
    const auto ahead = static_cast<std::size_t>(std::count_if(
        ready_.begin(), ready_.end(), [&](const auto& one) { return CommandPace::share(one.command, command); }));
    // A new session may send as many at once as the exchange takes.
    if (!gateway_) return CommandPace().wait(Clock::now(), command, ahead);
    return gateway_->pace().wait(Clock::now(), command, ahead);
}

void Pipeline::submit(std::uint64_t line, Command command) {
    Outstanding ready{line, std::move(command)};
    try {
        // What is in the journal is on its way: nothing there waits for a connection.
        open();
    } catch (const Error& error) {
        return finish(std::move(ready), error);
    }
    ready_.push_back(std::move(ready));
}

/// Everything that is ready is in the journal before the first of it leaves. What an interruption leaves ready can
/// still leave, or be withheld.
void Pipeline::leave() {
    write_intents();
    while (!ready_.empty()) {
        std::optional<Error> unreachable;
        try {
            open();
        } catch (const Error& error) {
            unreachable = error;
        }
        auto next = std::move(ready_.front());
        ready_.pop_front();
        if (unreachable)
            finish(std::move(next), *unreachable);
        else
            post(std::move(next));
    }
}

void Pipeline::write_intents() {
    if (options_.journal == nullptr) return;
    try {
        for (auto& one : ready_)
            if (one.entry.empty())
                one.entry =
                    std::visit([&](const auto& command) { return options_.journal->note(command); }, one.command);
        options_.journal->write_noted();
    } catch (const Error& error) {
        for (auto& one : std::exchange(ready_, {})) {
            one.entry.clear();
            finish(std::move(one), error);
        }
    }
}

void Pipeline::post(Outstanding outstanding) {
    try {
        std::visit([&](auto& one) { one.id = gateway_->post(one).command.id; }, outstanding.command);
    } catch (const Error& error) {
        return finish(std::move(outstanding), error);
    } catch (const Disconnected& error) {
        outstanding_.emplace(UINT64_MAX, std::move(outstanding));
        return lose_all(error);
    }
    outstanding.answer_by = answer_deadline(Deadline::after(options_.timeout));
    const auto id = std::visit([](const auto& one) { return one.id; }, outstanding.command);
    outstanding_.emplace(id, std::move(outstanding));
}

void Pipeline::receive(Deadline deadline, std::span<const pollfd> wake) {
    try {
        leave();
        receive_one(deadline, wake);
    } catch (const Interrupted&) {
        write_outcomes();
        throw;
    }
    write_outcomes();
}

void Pipeline::receive_one(Deadline deadline, std::span<const pollfd> wake) {
    if (!gateway_ && !reopen(deadline.earlier(next_expiry()), wake)) return expire();
    try {
        auto message = gateway_->receive(deadline.earlier(next_expiry()), wake);
        for (const auto without_waiting = Deadline::at(Clock::now()); message;) {
            dispatch(std::move(*message));
            if (!gateway_) return;
            message = gateway_->receive(without_waiting);
        }
    } catch (const Disconnected& error) {
        lose_all(error);
    } catch (const DecodeError& error) {
        // Whose answer it was will be known by whose does not come.
        options_.note(std::string("an unreadable message was passed over: ") + error.what());
    }
    expire();
}

void Pipeline::write_outcomes() {
    if (options_.journal == nullptr) return;
    try {
        options_.journal->write_noted();
    } catch (const Error& error) {
        options_.note(std::string("outcomes count as unresolved, as they could not be written down: ") + error.what());
    }
}

/// Without a session there is nothing to receive, but orders that are followed want one.
bool Pipeline::reopen(Deadline deadline, std::span<const pollfd> wake) {
    if (!followed_.empty() && !deadline.passed()) {
        try {
            open();
            return true;
        } catch (const Error& error) {
            options_.note(std::string("the session could not be resumed: ") + error.what());
        }
        deadline = deadline.earlier(Deadline::after(reopen_pause));
    }
    wait_for_any({}, deadline, wake);
    return false;
}

/// Whether a state may be of an order whose answer is still to come. Where it lacks the client's id, only the answer
/// will tell.
bool Pipeline::may_be_outstanding(const gw::OrderState& state) const {
    return std::any_of(outstanding_.begin(), outstanding_.end(), [&](const auto& one) {
        const auto* order = std::get_if<gw::Order>(&one.second.command);
        return order != nullptr && (!state.client_order_id || order->client_order_id == *state.client_order_id);
    });
}

std::optional<gw::OrderState> Pipeline::take_early(const gw::OrderState& order) {
    const auto early =
        std::find_if(early_.begin(), early_.end(), [&](const auto& state) { return is_same(state, order); });
    if (early == early_.end()) return std::nullopt;
    auto state = std::move(*early);
    early_.erase(early);
    return state;
}

void Pipeline::dispatch(gw::ServerMessage message) {
    if (const auto id = gw::reply_id(message)) {
        auto found = outstanding_.extract(*id);
        if (found) take_answer(std::move(found.mapped()), std::move(message));
    } else if (const auto* execution = std::get_if<gw::Execution>(&message)) {
        on_execution(*execution);
    } else if (std::holds_alternative<gw::DropCopyGap>(message)) {
        catch_up();
    }
}

/// Executions are missing: the orders that are followed are looked up.
void Pipeline::catch_up() {
    std::vector<OrderRef> names;
    for (const auto& [name, followed] : followed_) names.push_back(ref_of(followed.order));
    if (names.empty()) return;
    std::optional<OrderRecord> record;
    try {
        const auto deadline = Deadline::after(options_.timeout);
        auto gateway = options_.new_gateway(deadline);
        record = omen::read_record(gateway, names, deadline, [](const auto& open) { return open.knows_all(); });
    } catch (const Error& error) {
        return options_.note(std::string("executions are missing, and the orders could not be looked up: ") +
                             error.what());
    }
    for (auto next = followed_.begin(); next != followed_.end();) {
        const auto followed = next++;
        const auto* order = record->find(ref_of(followed->second.order));
        if (order != nullptr && !is_live(order->state.status)) end_follow(followed, order->state);
    }
}

void Pipeline::take_answer(Outstanding outstanding, gw::ServerMessage reply) {
    try {
        auto outcome = std::visit([&](const auto& one) -> Reply { return Gateway::read_reply(one, std::move(reply)); },
                                  outstanding.command);
        finish(std::move(outstanding), std::move(outcome));
    } catch (const AnswerLost& lost) {
        std::vector<Outstanding> one;
        one.push_back(std::move(outstanding));
        resolve(std::move(one), lost.why(), lost.loss());
    } catch (const Error& error) {
        finish(std::move(outstanding), error);
    }
}

void Pipeline::on_execution(const gw::Execution& execution) {
    sequence_ = execution.sequence;
    if (!execution.order) return;
    const auto& order = *execution.order;
    const auto followed = std::find_if(followed_.begin(), followed_.end(),
                                       [&](const auto& one) { return is_same(one.second.order, order); });
    if (followed != followed_.end()) {
        if (!is_live(order.status)) end_follow(followed, order);
    } else if (may_be_outstanding(order)) {
        take_early(order);
        early_.push_back(order);
    }
}

void Pipeline::end_follow(std::map<ClientOrderId, Followed>::iterator followed, const gw::OrderState& order) {
    auto ended = std::move(followed->second);
    followed_.erase(followed);
    update(ended.order, order);
    ended.result.ended = std::move(ended.order);
    options_.on_result(std::move(ended.result));
}

void Pipeline::finish(Outstanding outstanding, std::variant<Reply, Error> outcome) {
    if (options_.journal != nullptr && !outstanding.entry.empty()) {
        auto line = std::holds_alternative<Error>(outcome)
                        ? outcome_of(std::get<Error>(outcome))
                        : std::visit([](const auto& reply) { return outcome_of(reply); }, std::get<Reply>(outcome));
        options_.journal->note(outstanding.entry, std::move(line));
    }
    Result result{outstanding.line, std::move(outstanding.command), std::move(outcome)};
    const auto* reply = std::get_if<Reply>(&result.outcome);
    const auto* accepted = reply == nullptr ? nullptr : std::get_if<gw::OrderAccepted>(reply);
    if (!options_.follow_for || accepted == nullptr) return options_.on_result(std::move(result));
    const auto& command = std::get<gw::Order>(result.command);
    const auto name = command.client_order_id;
    auto order = state_of(command, *accepted);
    if (const auto early = take_early(order)) update(order, *early);
    if (outstanding_.empty()) early_.clear();
    const auto place =
        followed_.insert_or_assign(name, Followed{std::move(result), order, Deadline::after(*options_.follow_for)})
            .first;
    if (!is_live(order.status)) end_follow(place, order);
}

/// The session is over: what is outstanding is looked up, and the next command begins another.
void Pipeline::lose_all(const Disconnected& reason) {
    gateway_.reset();
    std::vector<Outstanding> lost;
    for (auto& [id, outstanding] : outstanding_) lost.push_back(std::move(outstanding));
    outstanding_.clear();
    const bool closed = reason.cause() == Disconnected::Cause::closed_by_peer;
    resolve(std::move(lost), reason.what(), closed ? Loss::session : Loss::connection);
}

/// What the exchange's records say, or nothing and the trouble. A signal leaves it two seconds, a second one none.
std::optional<OrderRecord> Pipeline::read_record(const std::vector<Outstanding>& lost, std::string& trouble) {
    std::vector<gw::TradingCommand> commands;
    for (const auto& one : lost) commands.push_back(one.command);
    auto deadline = Deadline::after(options_.timeout);
    for (;;) {
        try {
            return look_up(options_.new_gateway, commands, deadline);
        } catch (const Error& error) {
            trouble = std::string("it could not be looked up: ") + error.what();
            return std::nullopt;
        } catch (const Interrupted& signal) {
            trouble = "interrupted twice";
            const bool again = deadlines_shortened_ || signal_;
            signal_ = signal;
            if (again) return std::nullopt;
            signals::clear();
            deadline = deadline.earlier(Deadline::after(grace_after_signal));
        }
    }
}

void Pipeline::resolve(std::vector<Outstanding> lost, const std::string& why, Loss loss) {
    if (lost.empty()) return;
    std::string trouble;
    const auto record = read_record(lost, trouble);
    for (auto& one : lost) {
        auto outcome = std::visit(
            [&](const auto& command) -> std::variant<Reply, Error> {
                const AnswerLost answer(CommandLabel::of(command), why, loss);
                try {
                    if (!record) return still_unknown(CommandLabel::of(command), answer, trouble);
                    return Reply(conclude(command, *record, answer, options_.note));
                } catch (const Error& error) {
                    return error;
                }
            },
            one.command);
        finish(std::move(one), std::move(outcome));
    }
    if (signal_) throw Interrupted(*std::exchange(signal_, std::nullopt));
}

/// What has not left yet never does.
void Pipeline::cancel_unsent(const std::string& why) {
    for (auto& one : std::exchange(ready_, {})) {
        const auto label = std::visit([](const auto& command) { return CommandLabel::of(command); }, one.command);
        finish(std::move(one), not_sent(label, why));
    }
}

void Pipeline::abandon(const std::string& why) {
    cancel_unsent(why);
    for (auto& [id, outstanding] : std::exchange(outstanding_, {})) {
        const auto label = std::visit([](const auto& one) { return CommandLabel::of(one); }, outstanding.command);
        finish(std::move(outstanding), answer_lost(label, why, Fault::outcome_unknown));
    }
    for (auto& [name, followed] : std::exchange(followed_, {})) options_.on_result(std::move(followed.result));
    write_outcomes();
}

Deadline Pipeline::next_expiry() const {
    auto next = outstanding_.empty() ? Deadline::never() : outstanding_.begin()->second.answer_by;
    for (const auto& [name, followed] : followed_) next = next.earlier(followed.until);
    return next;
}

/// Ends the wait for answers, and for the ends of orders, that have taken too long.
void Pipeline::expire() {
    std::vector<Outstanding> late;
    while (!outstanding_.empty() && outstanding_.begin()->second.answer_by.passed()) {
        if (gateway_) gateway_->forget(outstanding_.begin()->first);
        late.push_back(std::move(outstanding_.extract(outstanding_.begin()).mapped()));
    }
    resolve(std::move(late), "no answer in time", Loss::answer);
    for (auto next = followed_.begin(); next != followed_.end();) {
        const auto followed = next++;
        if (!followed->second.until.passed()) continue;
        auto result = std::move(followed->second.result);
        followed_.erase(followed);
        options_.on_result(std::move(result));
    }
}

void Pipeline::shorten_deadlines(Milliseconds left) {
    deadlines_shortened_ = true;
    cancel_unsent("interrupted");
    options_.timeout = std::min(options_.timeout, left / 2);
    const auto end = Deadline::after(left / 2);
    for (auto& [id, outstanding] : outstanding_) outstanding.answer_by = outstanding.answer_by.earlier(end);
    for (auto& [name, followed] : followed_) followed.until = Deadline::at(Clock::now());
}

} // namespace omen
