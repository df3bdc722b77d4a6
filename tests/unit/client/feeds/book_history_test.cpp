#include "client/feeds/book_feed.hpp"
#include "client/feeds/book_history.hpp"
#include "support/catch.hpp"

namespace omen::book_history_test {

using namespace omen::literals;

namespace {

const MarketId market(1);

/// A book whose one bid has the size of its sequence.
md::OrderbookSnapshot snapshot(std::uint64_t sequence) {
    const auto size = Decimal::whole(sequence);
    return {.market_id = market, .sequence = sequence, .timestamp = {}, .bids = {{99_d, size}}, .asks = {{101_d, 1_d}}};
}

md::OrderbookDelta delta(std::uint64_t sequence) {
    const auto size = Decimal::whole(sequence);
    return {.market_id = market, .sequence = sequence, .timestamp = {}, .bids = {{99_d, size}}, .asks = {}};
}

OrderBook book(std::vector<Level> bids, std::vector<Level> asks) {
    return checked_book(market, 1, {}, bids, asks);
}

} // namespace

TEST_CASE("a book's history gives it at any sequence that is kept") {
    BookHistory history(3);
    CHECK_FALSE(history.newest());
    history.on(snapshot(10));
    for (const std::uint64_t sequence : {11, 12, 13, 14, 15}) CHECK(history.on(delta(sequence)));
    CHECK(history.newest() == 15);
    for (const std::uint64_t sequence : {12, 13, 14, 15}) {
        REQUIRE(history.at(sequence));
        CHECK(history.at(sequence)->sequence() == sequence);
        CHECK(history.at(sequence)->bids().best().size.text() == std::to_string(sequence));
    }
    CHECK_FALSE(history.at(11));
    CHECK_FALSE(history.at(16));
}

TEST_CASE("a delta that is contained already changes no history; a missing one ends it") {
    BookHistory history;
    CHECK_FALSE(history.on(delta(5)));
    history.on(snapshot(10));
    CHECK(history.on(delta(10)));
    CHECK(history.newest() == 10);
    CHECK_FALSE(history.on(delta(12)));
    CHECK_FALSE(history.newest());
    CHECK_FALSE(history.at(10));
    history.on(snapshot(12));
    CHECK(history.on(delta(13)));
}

TEST_CASE("deltas of an exchange that counts anew end a history") {
    BookHistory history;
    history.on(snapshot(10));
    CHECK(history.on(delta(11)));
    for (const std::uint64_t sequence : {1, 2, 3}) CHECK(history.on(delta(sequence)));
    CHECK_FALSE(history.on(delta(4)));
    CHECK_FALSE(history.newest());
}

TEST_CASE("equal books have no differences") {
    const auto one = book({{99_d, 1_d}, {98_d, 2_d}}, {{101_d, 3_d}});
    CHECK(differences(one, one).empty());
    CHECK(differences(OrderBook{}, OrderBook{}).empty());
}

TEST_CASE("books differ in levels that only one has, and in sizes; each level is told once, best first") {
    const auto streamed = book({{99_d, 1_d}, {98_d, 2_d}, {95_d, 5_d}}, {{101_d, 3_d}, {102_d, 1_d}});
    const auto rest = book({{98.5_d, 7_d}, {98_d, 2.5_d}, {95_d, 5_d}, {90_d, 9_d}}, {{102_d, 1_d}});
    CHECK(differences(streamed, rest) == std::vector<LevelDifference>{
                                             {"bid", 99_d, 1_d, std::nullopt},
                                             {"bid", 98.5_d, std::nullopt, 7_d},
                                             {"bid", 98_d, 2_d, 2.5_d},
                                             {"bid", 90_d, std::nullopt, 9_d},
                                             {"ask", 101_d, 3_d, std::nullopt},
                                         });
}

} // namespace omen::book_history_test
