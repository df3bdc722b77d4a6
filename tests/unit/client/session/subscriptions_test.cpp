#include "client/session/subscriptions.hpp"
#include "support/catch.hpp"

#include <set>

namespace omen::subscriptions_test {

using Refused = Subscriptions::Refused;

namespace {

const Clock::time_point start{Milliseconds(1'000'000)};
const Deadline first_by = Deadline::at(start + Milliseconds(5'000));

std::string name(std::uint64_t market) {
    return "trades:" + std::to_string(market);
}

std::vector<md::Channel> channels(std::uint64_t count) {
    std::vector<md::Channel> result;
    for (std::uint64_t market = 1; market <= count; ++market) result.push_back({ChannelKind::trades, MarketId(market)});
    return result;
}

/// One whose channels are all confirmed.
Subscriptions confirmed(std::uint64_t count) {
    Subscriptions all({.seed = 1});
    all.open(channels(count), first_by);
    for (const auto& command : all.take(start)) all.confirmed(command.channel);
    CHECK_FALSE(all.unsettled());
    return all;
}

} // namespace

TEST_CASE("channels are spread over as many connections as the limit takes, each named once") {
    for (const auto& [count, connections] :
         {std::pair<std::uint64_t, std::size_t>{1, 1}, {63, 1}, {64, 1}, {65, 2}, {128, 2}, {129, 3}, {4096, 64}}) {
        Subscriptions all({});
        all.open(channels(count), first_by);
        CHECK(all.connections() == connections);
        std::map<std::size_t, std::set<std::string>> asked;
        for (const auto& command : all.take(start)) {
            CHECK_FALSE(command.leave_first);
            asked[command.connection].insert(command.channel);
        }
        CHECK(asked.size() == connections);
        std::size_t sum = 0;
        for (const auto& [connection, names] : asked) {
            CHECK(connection < connections);
            CHECK(names.size() <= 64);
            sum += names.size();
        }
        CHECK(sum == count);
        CHECK(all.take(start).empty());
    }
}

TEST_CASE("a first answer is due by the time that was given, a later one within the time of each") {
    Subscriptions all({.answer_within = Milliseconds(300), .seed = 1});
    all.open(channels(1), first_by);
    all.take(start);
    CHECK(all.next().when() == first_by.when());
    CHECK(all.overdue(start + Milliseconds(4'999)) == nullptr);
    REQUIRE(all.overdue(first_by.when()) != nullptr);
    CHECK(*all.overdue(first_by.when()) == name(1));
    all.confirmed(name(1));
    CHECK(all.next().is_never());
    CHECK(all.again(name(1), start) == start);
    all.take(start);
    CHECK(all.overdue(start + Milliseconds(299)) == nullptr);
    CHECK(all.overdue(start + Milliseconds(300)) != nullptr);
}

TEST_CASE("the first repetition leaves at once, the next ones after ever longer pauses, until it has been calm") {
    auto all = confirmed(1);
    auto now = start;
    std::vector<Milliseconds> pauses;
    for (int i = 0; i < 8; ++i) {
        const auto leaves = all.again(name(1), now);
        pauses.push_back(std::chrono::duration_cast<Milliseconds>(leaves - now));
        CHECK(all.again(name(1), now) == leaves); // asked twice, it leaves once
        if (leaves > now) CHECK(all.take(leaves - Milliseconds(1)).empty());
        now = leaves;
        const auto commands = all.take(now);
        REQUIRE(commands.size() == 1);
        CHECK(commands.front().leave_first);
        all.confirmed(name(1));
    }
    CHECK(pauses.front() == Milliseconds(0));
    for (std::size_t i = 1; i < pauses.size(); ++i) {
        const auto whole = std::min(Milliseconds(250) * (1 << i), Milliseconds(10'000));
        CHECK(pauses[i] >= whole / 2);
        CHECK(pauses[i] <= whole);
    }
    now += Milliseconds(10'000);
    CHECK(all.again(name(1), now) == now);
    all.take(now);
    all.confirmed(name(1));
    CHECK(all.again(name(1), now) - now <= Milliseconds(500));
}

TEST_CASE("one channel's pauses are not another's") {
    auto all = confirmed(2);
    for (int i = 0; i < 5; ++i) {
        all.take(all.again(name(1), start));
        all.confirmed(name(1));
    }
    CHECK(all.again(name(1), start) > start);
    CHECK(all.again(name(2), start) == start);
}

TEST_CASE(
    "an end that nobody asked for is told once and asked for again; that of a channel that is just asked for is none") {
    auto all = confirmed(2);
    CHECK(all.ended(name(1), start));
    CHECK_FALSE(all.ended(name(1), start));
    CHECK_FALSE(all.ended("trades:7", start));
    CHECK_FALSE(all.ended("nonsense", start));
    const auto commands = all.take(start);
    REQUIRE(commands.size() == 1);
    CHECK(commands.front().channel == name(1));
    CHECK_FALSE(commands.front().leave_first);
    all.confirmed(name(1));
    all.again(name(2), start);
    CHECK_FALSE(all.ended(name(2), start));
    all.take(start);
    CHECK_FALSE(all.ended(name(2), start)); // the answer to our own
    all.confirmed(name(2));
    CHECK(all.ended(name(2), start));
}

TEST_CASE("a refusal ends a channel for good, but for a repetition that was too fast") {
    auto all = confirmed(2);
    CHECK(all.refused("trades:7", false, start) == Refused::unknown);
    all.again(name(1), start);
    all.take(start);
    CHECK(all.refused(name(1), true, start) == Refused::later);
    CHECK(all.unsettled());
    CHECK(all.take(start).empty());
    CHECK(all.take(all.next().when()).size() == 1);
    CHECK(all.refused(name(1), false, start) == Refused::ended);
    CHECK_FALSE(all.unsettled());
    CHECK(all.again(name(1), start) == start);
    CHECK(all.take(start).empty());
    CHECK_FALSE(all.all_refused());
    CHECK(all.refused(name(2), true, start) == Refused::ended); // it was not being repeated
    CHECK(all.all_refused());
}

} // namespace omen::subscriptions_test
