#include "client/session/command_pace.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <functional>
#include <random>

namespace omen::command_pace_test {

using namespace std::chrono_literals;

namespace {

/// Any moment will do: the clock is passed in.
const Clock::time_point start = Clock::time_point{} + 1000h;

template <class Command> Command command(std::uint64_t id) {
    Command command;
    command.id = id;
    return command;
}

const gw::TradingCommand some_order = gw::Order();
const gw::TradingCommand some_cancel = gw::Cancel{};

/// A client that sends as soon as it may, and an exchange with the documented limit of orders, in time that only the
/// test lets pass. Each way takes as long as `delay` says, and nothing overtakes.
struct Line {
    std::function<Clock::duration()> delay;
    CommandPace pace{};
    TokenBucket limit{100, 50};
    Clock::time_point now = start;
    Clock::time_point arrived = start; ///< the last command at the exchange
    std::deque<std::pair<Clock::time_point, std::uint64_t>> answers{};
    int refused = 0;

    void send(std::uint64_t id) {
        pace.leave(command<gw::Order>(id));
        arrived = std::max(arrived, now + delay());
        refused += !limit.take(arrived);
        const auto last = answers.empty() ? start : answers.back().first;
        answers.emplace_back(std::max(last, arrived + delay()), id);
    }

    /// Time passes until one may leave.
    void await_turn() {
        for (;;) {
            const auto wait = pace.wait(now, some_order);
            if (wait == 0ns) return;
            const auto turn = wait ? now + *wait : Clock::time_point::max();
            if (!answers.empty() && answers.front().first <= turn) {
                now = std::max(now, answers.front().first);
                pace.taken_in(now, answers.front().second);
                answers.pop_front();
            } else {
                REQUIRE(wait);
                now = turn;
            }
        }
    }

    void send_all(std::uint64_t count) {
        for (std::uint64_t id = 1; id <= count; ++id) {
            await_turn();
            send(id);
        }
    }
};

} // namespace

TEST_CASE("as many may leave at once as the exchange takes; then an answer must come first") {
    CommandPace pace;
    for (std::uint64_t id = 1; id <= 50; ++id) {
        REQUIRE(pace.wait(start, some_order) == 0ns);
        pace.leave(command<gw::Order>(id));
    }
    CHECK_FALSE(pace.wait(start + 1h, some_order));
    pace.taken_in(start + 1h, 1);
    CHECK(pace.wait(start + 1h, some_order) == 10ms);
}

TEST_CASE("an answer tells of all that left before it") {
    CommandPace pace;
    for (std::uint64_t id = 1; id <= 50; ++id) pace.leave(command<gw::Order>(id));
    pace.taken_in(start, 50);
    CHECK(pace.wait(start, some_order) == 10ms);
    CHECK(pace.wait(start + 500ms, some_order, 49) == 0ns);
    CHECK_FALSE(pace.wait(start + 500ms, some_order, 50));
}

TEST_CASE("orders and amends have one limit, cancels of any kind another") {
    CHECK(CommandPace::is_order(gw::Order{}));
    CHECK(CommandPace::is_order(gw::Amend{}));
    CHECK_FALSE(CommandPace::is_order(gw::Cancel{}));
    CHECK_FALSE(CommandPace::is_order(gw::CancelAll{}));
    CommandPace pace;
    for (std::uint64_t id = 1; id <= 25; ++id) {
        pace.leave(command<gw::Order>(2 * id));
        pace.leave(command<gw::Amend>(2 * id + 1));
    }
    CHECK_FALSE(pace.wait(start, some_order));
    CHECK(pace.wait(start, some_cancel) == 0ns);
    for (std::uint64_t id = 100; id < 150; ++id) pace.leave(command<gw::Cancel>(id));
    CHECK_FALSE(pace.wait(start, some_cancel));
    pace.taken_in(start, 149);
    CHECK(pace.wait(start, some_order) == 10ms);
    CHECK(pace.wait(start, some_cancel) == 5ms);
}

TEST_CASE("other commands count nowhere") {
    CommandPace pace;
    for (std::uint64_t id = 1; id <= 100; ++id) pace.leave(command<gw::Ping>(id));
    CHECK(pace.wait(start, some_order, 49) == 0ns);
}

TEST_CASE("however long commands and answers are on their way, none is refused") {
    std::mt19937_64 random(7);
    for (const auto longest : {1ms, 30ms, 300ms, 3000ms}) {
        // Most are quick, and some wait: for a packet that is sent again, say.
        Line line{
            [&] { return Clock::duration(longest) * static_cast<int>(random() % 20 == 0 ? random() % 100 : 2) / 100; }};
        line.send_all(20'000);
        CHECK(line.refused == 0);
    }
}

TEST_CASE("over any line that answers within half a second, the permitted rate is kept") {
    for (const auto round_trip : {0ms, 1ms, 100ms, 480ms}) {
        Line line{[=] { return Clock::duration(round_trip) / 2; }};
        line.send_all(2000);
        CHECK(line.now - start <= 1950 * 10ms + round_trip);
        CHECK(line.refused == 0);
    }
}

} // namespace omen::command_pace_test
