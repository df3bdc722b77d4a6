#include "client/trading/look_up.hpp"

#include "system/backoff.hpp"
#include "system/signals.hpp"
#include "system/wait.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace omen {

namespace {

/// A replay that has stopped for so long without being whole has a hole, and is better asked for anew.
constexpr Milliseconds longest_silence{500};
constexpr Milliseconds longest_attempt{5'000};

void read_replay(Gateway& gateway, Reading& reading, const Question& question, Deadline deadline) {
    const auto subscribed = gateway.call(
        gw::Subscribe{.channel = std::string(to_string(PrivateChannel::drop_copy)), .from_sequence = question.from});
    reading.begin_replay(question.from, subscribed.sequence);
    while (!reading.has_ended() && !deadline.passed()) {
        const auto event = gateway.next(deadline.earlier(Deadline::after(longest_silence)));
        if (!event) return;
        if (const auto* execution = std::get_if<gw::Execution>(&*event)) {
            reading.on(*execution);
            if (question.on_execution) question.on_execution(*execution);
        }
        if (const auto* gap = std::get_if<gw::DropCopyGap>(&*event)) reading.on(*gap);
    }
}

} // namespace

Reading read_records(Gateway& gateway, const Question& question, Deadline deadline) {
    gateway.set_deadline(deadline);
    const auto began = Clock::now();
    const auto& session = gateway.session();
    Reading reading(began, {.account = session.account, .wallet = session.wallet}, question.wanted);
    if (question.with_open_orders) reading.on(gateway.call(gw::GetOrders{}));
    if (question.is_enough && question.is_enough(reading)) return reading;
    try {
        read_replay(gateway, reading, question, deadline);
    } catch (const Error&) {
        // What has been read may tell all the same; that it is not whole is seen in it.
    }
    return reading;
}

Reading read_whole_records(const std::function<Gateway(Deadline)>& new_gateway, const Question& question,
                           Deadline deadline) {
    Backoff backoff({.first = Milliseconds(50), .longest = Milliseconds(1'000)});
    for (std::optional<Reading> last;;) {
        try {
            const auto attempt = deadline.earlier(Deadline::after(longest_attempt));
            auto gateway = new_gateway(attempt);
            last.emplace(read_records(gateway, question, attempt));
            const bool is_enough = question.is_enough && question.is_enough(*last);
            if (is_enough || last->is_whole() || last->gap() || !last->issued()) return std::move(*last);
        } catch (const Error& error) {
            const bool is_passing = error.fault() == Fault::unreachable || error.fault() == Fault::rate_limited;
            if (!last && (!is_passing || deadline.passed())) throw;
        }
        const auto pause = backoff.pause(Clock::now());
        if (last && pause >= deadline.left()) return std::move(*last);
        wait_until(deadline.earlier(Deadline::after(pause)));
    }
}

std::optional<gw::OrderState> find_order(const std::function<Gateway(Deadline)>& new_gateway, const ClientOrderId& id,
                                         Deadline deadline) {
    const OrderRef ref{.client_order_id = id};
    const auto reading = read_whole_records(
        new_gateway,
        {.wanted = {ref}, .from = 1, .is_enough = [&](const Reading& open) { return !open.find(ref).empty(); }},
        deadline);
    if (const auto found = reading.find(ref); !found.empty()) return found.front()->state();
    if (reading.is_whole()) return std::nullopt;
    throw Error(Fault::protocol,
                "order " + id.value + ": not open, and " +
                    (reading.gap() ? "older executions are no longer kept" : "executions are missing from the record"),
                {.code = "drop_copy_gap", .client_order_id = id.value});
}

LookUp::Pipe::Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw Error(Fault::internal, std::string("no pipe: ") + std::strerror(errno));
    read_end = Descriptor(ends[0]);
    write_end = Descriptor(ends[1]);
}

LookUp::LookUp(Gateway gateway, Question question, Deadline deadline)
    : thread_([this, gateway = std::move(gateway), question = std::move(question), deadline]() mutable {
          run(std::move(gateway), question, deadline);
      }) {}

LookUp::~LookUp() {
    [[maybe_unused]] const auto written = ::write(cut_.write_end.get(), "", 1);
    thread_.join();
}

/// Whatever fails is an answer: the command that it is about must not be lost with it.
void LookUp::run(Gateway gateway, const Question& question, Deadline deadline) noexcept {
    const signals::Instead instead(cut_.read_end.get());
    Answer answer = Error(Fault::internal, "the look-up was cut short");
    try {
        answer = read_records(gateway, question, deadline);
    } catch (const Error& error) {
        answer = error;
    } catch (const Interrupted&) {
    } catch (const std::exception& error) {
        answer = Error(Fault::internal, error.what());
    }
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    [[maybe_unused]] const auto written = ::write(done_.write_end.get(), "", 1);
}

std::optional<LookUp::Answer> LookUp::answer() {
    const std::lock_guard lock(mutex_);
    return std::move(answer_);
}

} // namespace omen
