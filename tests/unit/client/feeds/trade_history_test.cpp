#include "client/feeds/trade_history.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>

namespace omen::trade_history_test {

using namespace omen::literals;

namespace {

/// Trades are called t1, t2, ..., and a tenth of that is their time.
md::PastTrade trade(int number) {
    return {.trade_id = TradeId{"t" + std::to_string(number)},
            .timestamp = Timestamp{number / 10},
            .price = 100_d,
            .size = 1_d,
            .side = {}};
}

md::TradesSnapshot snapshot(std::vector<md::PastTrade> trades) {
    return {.market_id = MarketId(1), .trades = std::move(trades)};
}

md::TradesSnapshot snapshot(std::initializer_list<int> numbers) {
    std::vector<md::PastTrade> trades;
    for (const int number : numbers) trades.push_back(trade(number));
    return snapshot(std::move(trades));
}

std::string text(const std::optional<TradeId>& id) {
    return id ? id->value : "-";
}

/// What a snapshot gives: "gap t5 t9, t9 t10"
std::string shown(const TradeHistory::Past& past) {
    std::string result;
    if (past.gap) result = "gap " + text(past.gap->last) + " " + text(past.gap->next) + ",";
    for (const auto& one : past.trades) result += (result.empty() ? "" : " ") + text(one.trade_id);
    return result;
}

/// A stream that began with t30 in a snapshot, saw t40 and t50, and was interrupted.
TradeHistory interrupted() {
    TradeHistory history;
    CHECK(shown(history.on(snapshot({10, 20, 30}))).empty());
    CHECK(history.on(trade(40)).is_new);
    CHECK(history.on(trade(50)).is_new);
    history.interrupted();
    return history;
}

} // namespace

TEST_CASE("what was missed comes once, oldest first, whatever order the snapshot has") {
    std::vector<int> order{0, 1, 2, 3};
    do {
        std::vector<md::PastTrade> trades;
        for (const int at : order) trades.push_back(trade(std::array{40, 50, 60, 70}[static_cast<std::size_t>(at)]));
        auto history = interrupted();
        CHECK(shown(history.on(snapshot(trades))) == "t60 t70");
        CHECK(shown(history.on(snapshot(trades))).empty());
        CHECK_FALSE(history.on(trade(70)).is_new);
        CHECK(history.on(trade(80)).is_new);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("trades of one moment keep the snapshot's order, from either end") {
    for (const bool reversed : {false, true}) {
        TradeHistory history;
        history.on(trade(50));
        history.interrupted();
        std::vector<md::PastTrade> trades{trade(50), trade(51), trade(52), trade(53)};
        if (reversed) std::reverse(trades.begin(), trades.end());
        CHECK(shown(history.on(snapshot(trades))) == "t51 t52 t53");
    }
}

TEST_CASE("trades that a snapshot does not reach back to are a gap") {
    CHECK(shown(interrupted().on(snapshot({60, 70}))) == "gap t50 t60, t60 t70");
    CHECK(shown(interrupted().on(snapshot({70, 60}))) == "gap t50 t60, t60 t70");
    CHECK(shown(interrupted().on(snapshot(std::initializer_list<int>{}))) == "gap t50 -,");
    CHECK(shown(interrupted().on(snapshot({50}))).empty());
    CHECK(shown(interrupted().on(snapshot({45, 60}))) == "t45 t60"); // older than what is known, and missed
    CHECK(shown(interrupted().on(snapshot({5, 60}))) == "t60");      // from before the beginning
}

TEST_CASE("a trade that comes ahead of the snapshot stands behind a gap, and is not repeated by it") {
    auto history = interrupted();
    const auto live = history.on(trade(70));
    CHECK(live.is_new);
    REQUIRE(live.gap);
    CHECK(text(live.gap->last) == "t50");
    CHECK(text(live.gap->next) == "t70");
    CHECK_FALSE(history.on(trade(70)).is_new);
    CHECK(shown(history.on(snapshot({40, 50, 60, 70, 80}))) == "t60 t80");
}

TEST_CASE(
    "nothing is known: what comes after an interruption may not be all; before the first snapshot there is none") {
    TradeHistory history;
    history.interrupted();
    CHECK(shown(history.on(snapshot({10, 20}))).empty());
    TradeHistory quiet;
    CHECK(shown(quiet.on(snapshot(std::initializer_list<int>{}))).empty());
    quiet.interrupted();
    CHECK(shown(quiet.on(snapshot(std::initializer_list<int>{}))).empty());
    quiet.interrupted();
    CHECK(shown(quiet.on(snapshot({10, 20}))) == "gap - t10, t10 t20");
}

TEST_CASE("the first snapshot is the past, even behind a trade that came first") {
    TradeHistory history;
    CHECK(history.on(trade(50)).is_new);
    CHECK(shown(history.on(snapshot({30, 40, 50, 60}))) == "t60");
}

TEST_CASE("a trade twice in one snapshot is shown once") {
    CHECK(shown(interrupted().on(snapshot({50, 60, 60, 70}))) == "t60 t70");
    CHECK(shown(interrupted().on(snapshot({60, 60}))) == "gap t50 t60, t60");
}

TEST_CASE("an id of another time is another trade: the exchange counts anew") {
    auto history = interrupted();
    auto again = trade(40);
    again.timestamp = Timestamp{9};
    CHECK(shown(history.on(snapshot(std::vector{again}))) == "gap t50 t40, t40");
    CHECK_FALSE(history.on(again).is_new);
    auto undated = trade(40);
    undated.timestamp.reset();
    CHECK_FALSE(history.on(undated).is_new);
}

TEST_CASE("trades without an id are told apart by how many are alike") {
    auto plain = trade(50);
    plain.trade_id.reset();
    TradeHistory history;
    CHECK(history.on(plain).is_new);
    CHECK(history.on(plain).is_new);
    history.interrupted();
    CHECK(history.on(snapshot({plain, plain})).trades.empty());
    CHECK(history.on(snapshot({plain, plain, plain})).trades.size() == 1);
    CHECK(history.on(snapshot({plain, plain, plain})).trades.empty());
}

TEST_CASE("trades without a time are told apart by their place") {
    const auto undated = [](int number) {
        auto one = trade(number);
        one.timestamp.reset();
        return one;
    };
    for (const bool reversed : {false, true}) {
        TradeHistory history;
        history.on(snapshot({undated(2), undated(3)}));
        history.on(undated(4));
        history.interrupted();
        std::vector<md::PastTrade> trades{undated(1), undated(4), undated(5)};
        if (reversed) trades = {undated(5), undated(4)};
        CHECK(shown(history.on(snapshot(trades))) == "t5");
    }
}

TEST_CASE("what is no longer remembered is of the past") {
    TradeHistory history(3);
    for (const int number : {10, 20, 30, 40, 50}) CHECK(history.on(trade(number)).is_new);
    history.interrupted();
    CHECK(shown(history.on(snapshot({10, 20, 30, 40, 50, 60}))) == "t60");
}

} // namespace omen::trade_history_test
