#include "core/order_book.hpp"
#include "support/catch.hpp"

#include <map>
#include <random>

namespace omen::order_book_test {

using namespace omen::literals;
using Levels = std::vector<Level>;

namespace {

/// A book at sequence 10: bids 99 and 98, asks 101 and 102.
OrderBook sample_book() {
    OrderBook book;
    book.apply_snapshot(10, Timestamp{1}, Levels{{99_d, 1_d}, {98_d, 2_d}}, Levels{{101_d, 3_d}, {102_d, 4_d}});
    return book;
}

bool shows_nothing(const OrderBook& book) {
    return !book.valid() && book.bids().empty() && book.asks().empty();
}

} // namespace

TEST_CASE("a book is made by a snapshot") {
    CHECK(shows_nothing(OrderBook{}));
    const auto book = sample_book();
    REQUIRE(book.valid());
    CHECK(book.sequence() == 10);
    CHECK(book.timestamp() == Timestamp{1});
    CHECK(book.bids().top() == Levels{{99_d, 1_d}, {98_d, 2_d}});
    CHECK(book.asks().top() == Levels{{101_d, 3_d}, {102_d, 4_d}});
}

TEST_CASE("a snapshot's levels may come in any order, and empty ones do not count") {
    OrderBook book;
    book.apply_snapshot(1, Timestamp{}, Levels{{98_d, 2_d}, {97_d, 0_d}, {99_d, 1_d}, {97.5_d, 5_d}},
                        Levels{{102_d, 4_d}, {101_d, 3_d}, {101.5_d, 6_d}});
    CHECK(book.bids().top() == Levels{{99_d, 1_d}, {98_d, 2_d}, {97.5_d, 5_d}});
    CHECK(book.asks().top() == Levels{{101_d, 3_d}, {101.5_d, 6_d}, {102_d, 4_d}});
}

TEST_CASE("the next delta is applied: sizes are set, size 0 removes, new levels find their place") {
    auto book = sample_book();
    const Levels bids{{99_d, 0_d}, {98_d, 5_d}, {98.5_d, 7_d}};
    const Levels asks{{100.5_d, 1_d}, {102_d, 0_d}, {150_d, 0_d}};
    REQUIRE(book.apply_delta(11, Timestamp{2}, bids, asks) == Applied::applied);
    CHECK(book.sequence() == 11);
    CHECK(book.timestamp() == Timestamp{2});
    CHECK(book.bids().top() == Levels{{98.5_d, 7_d}, {98_d, 5_d}});
    CHECK(book.asks().top() == Levels{{100.5_d, 1_d}, {101_d, 3_d}});
}

TEST_CASE("a delta at or below the book's sequence is stale and changes nothing") {
    for (const std::uint64_t sequence : {0, 9, 10}) {
        auto book = sample_book();
        CHECK(book.apply_delta(sequence, Timestamp{2}, Levels{{99_d, 9_d}}, Levels{}) == Applied::stale);
        CHECK(book.sequence() == 10);
        CHECK(book.timestamp() == Timestamp{1});
        CHECK(book.bids().best() == Level{99_d, 1_d});
    }
}

TEST_CASE("the same delta twice counts once") {
    auto book = sample_book();
    CHECK(book.apply_delta(11, Timestamp{2}, Levels{{99_d, 9_d}}, Levels{}) == Applied::applied);
    CHECK(book.apply_delta(11, Timestamp{3}, Levels{{99_d, 8_d}}, Levels{}) == Applied::stale);
    CHECK(book.bids().best().size == 9_d);
}

TEST_CASE("a delta before any snapshot is a gap") {
    OrderBook book;
    CHECK(book.apply_delta(1, Timestamp{}, Levels{{99_d, 1_d}}, Levels{}) == Applied::gap);
    CHECK(shows_nothing(book));
}

TEST_CASE("after a gap nothing is shown until a fresh snapshot") {
    for (const std::uint64_t skipped_to : {std::uint64_t{12}, UINT64_MAX}) {
        auto book = sample_book();
        CHECK(book.apply_delta(skipped_to, Timestamp{}, Levels{}, Levels{}) == Applied::gap);
        CHECK(shows_nothing(book));
        CHECK(book.apply_delta(11, Timestamp{}, Levels{{99_d, 1_d}}, Levels{}) == Applied::gap);
        CHECK(shows_nothing(book));
    }
}

TEST_CASE("a snapshot after a gap starts over, with nothing left of the old book") {
    auto book = sample_book();
    book.apply_delta(20, Timestamp{}, Levels{}, Levels{});
    book.apply_snapshot(20, Timestamp{5}, Levels{{50_d, 1_d}}, Levels{});
    REQUIRE(book.valid());
    CHECK(book.sequence() == 20);
    CHECK(book.bids().top() == Levels{{50_d, 1_d}});
    CHECK(book.asks().empty());
    CHECK(book.apply_delta(21, Timestamp{6}, Levels{}, Levels{{51_d, 1_d}}) == Applied::applied);
}

TEST_CASE("a snapshot may go back in sequence: the exchange was reset") {
    auto book = sample_book();
    book.apply_snapshot(3, Timestamp{}, Levels{}, Levels{});
    CHECK(book.sequence() == 3);
    CHECK(book.apply_delta(4, Timestamp{}, Levels{}, Levels{}) == Applied::applied);
}

TEST_CASE("a reset book shows nothing") {
    auto book = sample_book();
    book.reset();
    CHECK(shows_nothing(book));
}

TEST_CASE("the best levels come first, as many as asked for and there are") {
    const auto book = sample_book();
    CHECK(book.bids().size() == 2);
    CHECK(*book.bids().begin() == book.bids().best());
    CHECK(*std::next(book.asks().begin()) == Level{102_d, 4_d});
    CHECK(book.asks().top(1) == Levels{{101_d, 3_d}});
    CHECK(book.asks().top(0).empty());
    CHECK(book.asks().top(100).size() == 2);
}

TEST_CASE("a book is crossed when the best bid reaches the best ask") {
    auto book = sample_book();
    CHECK_FALSE(book.crossed());
    book.apply_delta(11, Timestamp{}, Levels{{101_d, 1_d}}, Levels{});
    CHECK(book.crossed());
    book.apply_delta(12, Timestamp{}, Levels{}, Levels{{101_d, 0_d}, {102_d, 0_d}});
    CHECK_FALSE(book.crossed());
    CHECK_FALSE(OrderBook{}.crossed());
}

namespace {

/// The plainest book there is, to compare with.
struct MapBook {
    std::map<Decimal, Decimal, std::greater<>> bids;
    std::map<Decimal, Decimal> asks;

    template <class Side> static void set(Side& side, const Levels& levels) {
        for (const auto& level : levels) {
            side.erase(level.price);
            if (!level.size.is_zero()) side.emplace(level.price, level.size);
        }
    }
    template <class Side> static Levels levels(const Side& side) {
        Levels all;
        for (const auto& [price, size] : side) all.push_back({price, size});
        return all;
    }
};

/// So few prices that levels are hit again and again; every third size is 0.
Levels random_levels(std::mt19937_64& random, std::uint64_t prices) {
    Levels levels(random() % 5);
    for (auto& level : levels) {
        level.price = Decimal::whole(random() % prices);
        level.size = Decimal::whole(random() % 3);
    }
    return levels;
}

} // namespace

TEST_CASE("random deltas make the same book as a plain map") {
    const std::uint64_t prices = GENERATE(40U, 500U); // a deep book is searched in more steps
    std::mt19937_64 random(4);
    OrderBook book;
    MapBook expected;
    book.apply_snapshot(0, Timestamp{}, Levels{}, Levels{});
    for (std::uint64_t sequence = 1; sequence <= 3'000; ++sequence) {
        const auto bids = random_levels(random, prices);
        const auto asks = random_levels(random, prices);
        REQUIRE(book.apply_delta(sequence, Timestamp{}, bids, asks) == Applied::applied);
        MapBook::set(expected.bids, bids);
        MapBook::set(expected.asks, asks);
        REQUIRE(book.bids().size() == expected.bids.size());
        REQUIRE(book.bids().empty() == expected.bids.empty());
        REQUIRE(book.bids().top() == MapBook::levels(expected.bids));
        REQUIRE(book.asks().top() == MapBook::levels(expected.asks));
    }
}

} // namespace omen::order_book_test
