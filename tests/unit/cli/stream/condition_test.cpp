#include "cli/output/views.hpp"
#include "cli/stream/condition.hpp"
#include "cli/stream/drop_copy.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"

namespace omen::stream_condition_test {

using namespace omen::literals;

namespace {

BookView sample_book() {
    return {.type = "delta",
            .market_id = MarketId(7),
            .symbol = "ETH-PERP",
            .sequence = UINT64_MAX,
            .timestamp = Timestamp{1'700'000'000'000},
            .bids = {{3499.5_d, 1_d}, {3499_d, 2_d}},
            .asks = {}};
}

template <class T> bool meets(const T& record, const std::string& condition) {
    return meets(record, parse_condition("--until", condition));
}

template <wire::Declared... Lines> std::string refusal(const std::string& text) {
    try {
        check_condition<Lines...>("--until", parse_condition("--until", text));
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("amounts are compared exactly, by any comparison") {
    const auto book = sample_book();
    CHECK(meets(book, "bids[0].price = 3499.50"));
    CHECK(meets(book, "bids[0].price != 3499.500000000000000001"));
    CHECK(meets(book, "bids[0].price<3499.500000000000000001"));
    CHECK(meets(book, "bids[0].price <= 3499.5"));
    CHECK(meets(book, "bids[1].size>1.9"));
    CHECK(meets(book, "  bids[1].size  >=  2  "));
    CHECK_FALSE(meets(book, "bids[0].price > 3499.5"));
    CHECK_FALSE(meets(book, "bids[0].price != 3499.5"));
}

TEST_CASE("whole numbers and times are numbers as well, to the last digit") {
    const auto book = sample_book();
    CHECK(meets(book, "sequence = 18446744073709551615"));
    CHECK(meets(book, "sequence > 18446744073709551614"));
    CHECK(meets(book, "timestamp <= 1700000000000"));
}

TEST_CASE("texts, ids, enumerations and truth are equal or not") {
    CHECK(meets(sample_book(), "type = delta"));
    CHECK(meets(sample_book(), "symbol != BTC-PERP"));
    CHECK(meets(sample_book(), "market_id = 7"));
    gw::Execution execution;
    execution.order =
        gw::OrderState{.order_id = OrderId{"o-1"}, .post_only = false, .status = OrderStatus::partially_filled};
    CHECK(meets(execution, "type = execution"));
    CHECK(meets(execution, "order.status = partially_filled"));
    CHECK(meets(execution, "order.order_id = o-1"));
    CHECK(meets(execution, "order.post_only = false"));
}

TEST_CASE("what a line does not have meets nothing, not even a difference") {
    CHECK_FALSE(meets(sample_book(), "asks[0].price != 1"));
    CHECK_FALSE(meets(sample_book(), "bids[2].price != 1"));
    CHECK_FALSE(meets(gw::Execution{}, "trade_id != t-1"));
    CHECK_FALSE(meets(StateView{}, "sequence >= 0"));
    CHECK_FALSE(meets(GapView{}, "bids[0].price > 0"));
}

TEST_CASE("a condition that no line of the stream can meet is a usage error") {
    CHECK(refusal<BookView, GapView>("bids[0].price > 1") == "");
    CHECK(refusal<BookView, GapView>("next_sequence > 1") == "");
    CHECK_THAT((refusal<BookView, GapView>("price > 1")), Catch::Contains("no line of this stream"));
    CHECK_THAT((refusal<BookView, GapView>("bids.price > 1")), Catch::Contains("no line of this stream"));
    CHECK_THAT((refusal<BookView, GapView>("bids[0] = 1")), Catch::Contains("no line of this stream"));
    CHECK_THAT((refusal<BookView, GapView>("sequence[0] = 1")), Catch::Contains("no line of this stream"));
    CHECK_THAT((refusal<BookView>("bids[0].price > low")), Catch::Contains("a number"));
    CHECK_THAT((refusal<BookView>("symbol > ETH")), Catch::Contains("only equal"));
    CHECK(refusal<gw::Execution>("order.price > 1") == "");
    CHECK(refusal<StateView>("orders[3].filled_size > 1") == "");
}

TEST_CASE("a text that is no condition is a usage error") {
    for (const std::string text : {"", "price", "= 1", "price =", "price == 1", "price => 1", "price ! 1", "[0] = 1",
                                   "bids[ = 1", "bids[x].price = 1", "bids[0]price = 1", ".price = 1", "a..b = 1",
                                   "Price = 1", "bids[99999999999999999999].price = 1"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_condition("--until", text), Error);
    }
}

} // namespace omen::stream_condition_test
