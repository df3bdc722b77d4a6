// What the command line prints, apart from where it comes from.

#include "cli/context/report.hpp"
#include "cli/output/chart.hpp"
#include "cli/output/csv.hpp"
#include "cli/output/ladder.hpp"
#include "cli/output/table.hpp"
#include "cli/output/views.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"

#include <algorithm>

namespace omen::output_test {

using namespace omen::literals;

namespace {

template <class T> std::string json(const T& record) {
    std::string out;
    wire::JsonWriter writer(out);
    wire::write_fields<wire::Layout::map>(writer, record);
    return out;
}

} // namespace

TEST_CASE("a table's numbers are aligned on the decimal point, its texts to the left") {
    constexpr std::string_view columns[] = {"price", "size"};
    std::string out;
    append_table(out, columns, {row_of(Level{100.25_d, 1_d}), row_of(Level{9_d, 20.5_d})});
    CHECK(out == " PRICE  SIZE\n"
                 "100.25   1\n"
                 "  9     20.5\n");
}

TEST_CASE("a table of nothing is its heading") {
    constexpr std::string_view columns[] = {"price", "size"};
    std::string out;
    append_table(out, columns, {});
    CHECK(out == "PRICE  SIZE\n");
}

TEST_CASE("a growing table prints its heading once and never cuts a value") {
    constexpr std::string_view columns[] = {"price", "size"};
    GrowingTable table(columns, true);
    std::string out;
    table.append(out, row_of(Level{1_d, 2_d}));
    table.append(out, row_of(Level{1234567.5_d, 2_d}));
    CHECK(out == "PRICE  SIZE\n    1     2\n1234567.5     2\n");
}

TEST_CASE("--raw gives scaled integers") {
    CHECK(row_of(Level{1.5_d, 2_d}, {.scaled = true})[0].text == "1500000000000000000");
}

TEST_CASE("a book's ladder: worst ask first, spread and mid, sizes accumulated from the touch") {
    const BookView book{.type = {},
                        .market_id = MarketId(1),
                        .symbol = "BTC-PERP",
                        .sequence = 7,
                        .timestamp = Timestamp{0},
                        .bids = {{99_d, 1_d}, {98_d, 2_d}},
                        .asks = {{101_d, 3_d}, {102.5_d, 4_d}}};
    CHECK(ladder(book, {}) == "BTC-PERP  sequence 7  1970-01-01T00:00:00.000Z  spread 2  mid 100\n"
                              "SIDE  PRICE  SIZE  TOTAL\n"
                              "ask   102.5     4      7\n"
                              "ask   101       3      3\n"
                              "bid    99       1      1\n"
                              "bid    98       2      3\n");
}

TEST_CASE("a record with a symbol keeps its own fields, and a result loses its correlation id") {
    const WithSymbol<md::Trade> trade({.market_id = MarketId(1),
                                       .trade_id = TradeId{"t"},
                                       .timestamp = Timestamp{5},
                                       .price = 1_d,
                                       .size = 2_d,
                                       .side = Side::buy},
                                      "BTC-PERP");
    CHECK(json(trade) == R"({"type":"trade","symbol":"BTC-PERP","market_id":1,"trade_id":"t","timestamp":5,)"
                         R"("price":"1","size":"2","side":"buy"})");
    const Result cancelled(gw::CancelAccepted{
        .id = 9, .order_id = OrderId{"o"}, .client_order_id = ClientOrderId{"c"}, .remaining_size = 1_d});
    CHECK(json(cancelled) == R"({"order_id":"o","client_order_id":"c","remaining_size":"1"})");
}

TEST_CASE("an error is one line, or one JSON object") {
    const Error error(Fault::refused, "order c-1: it\nwould cross (would_cross)",
                      {.code = "would_cross", .hint = "choose another price", .client_order_id = "c-1"});
    CHECK(error_line(error, Format::table) ==
          "omenctl: order c-1: it would cross (would_cross); choose another price\n");
    CHECK(error_line(error, Format::json) ==
          R"x({"error":{"kind":"refused","code":"would_cross","message":"order c-1: it\nwould cross (would_cross)",)x"
          R"("hint":"choose another price","retryable":false,"client_order_id":"c-1"}})"
          "\n");
}

TEST_CASE("a table too wide for the terminal loses its last columns, and says which") {
    constexpr std::string_view columns[] = {"price", "size"};
    std::string out;
    const auto left_out = append_table(out, columns, {row_of(Level{100.25_d, 1_d})}, {.width = 8});
    CHECK(out == " PRICE\n100.25\n");
    CHECK(left_out == std::vector<std::string_view>{"size"});
}

TEST_CASE("the first column stays, however narrow the terminal is") {
    constexpr std::string_view columns[] = {"price"};
    std::string out;
    CHECK(append_table(out, columns, {row_of(Level{100.25_d, 1_d})}, {.width = 2}).empty());
}

TEST_CASE("CSV quotes what has a comma, a quote or a line break, and ends lines in LF") {
    constexpr std::string_view columns[] = {"a", "b", "c", "absent"};
    std::string out;
    append_csv_heading(out, columns);
    append_csv_row(out, columns, {{"a", "x,y"}, {"b", "say \"hi\""}, {"c", "two\nlines"}});
    CHECK(out == "a,b,c,absent\n\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\n");
}

TEST_CASE("a list within a record is one cell, and no JSON") {
    const BookView book{.type = {},
                        .market_id = MarketId(1),
                        .symbol = "S",
                        .sequence = 1,
                        .timestamp = {},
                        .bids = {{1.5_d, 2_d}, {1_d, 3_d}},
                        .asks = {}};
    const auto row = row_of(book);
    CHECK(find_cell(row, "bids")->text == "price=1.5;size=2 price=1;size=3");
    CHECK(find_cell(row, "asks")->text.empty());
}

TEST_CASE("times are RFC 3339 in tables and milliseconds in CSV") {
    CHECK(find_cell(row_of(BookRow{.symbol = "S", .timestamp = Timestamp{5}}), "timestamp")->text ==
          "1970-01-01T00:00:00.005Z");
    CHECK(find_cell(row_of(BookRow{.symbol = "S", .timestamp = Timestamp{5}}, {.epoch_times = true}), "timestamp")
              ->text == "5");
}

TEST_CASE("a chart: solid where the price fell, hollow where it rose, wicks beyond the body") {
    const auto candle = [](Decimal open, Decimal high, Decimal low, Decimal close) {
        return rest::CandleResponse{
            .open_time = {0}, .open = open, .high = high, .low = low, .close = close, .volume = {}};
    };
    CHECK(chart({candle(1_d, 3_d, 1_d, 2_d), candle(3_d, 3_d, 1_d, 1_d)}, {.width = 40, .height = 3}) ==
          "           3 ┤│█\n"
          "           2 ┤▒█\n"
          "           1 ┤▒█\n"
          "              1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.000Z\n");
    CHECK(chart({}, {}) == "no candles\n");
    CHECK_NOTHROW(chart({candle(1_d, 1_d, 1_d, 1_d)}, {.width = 1, .height = 1}));
}

TEST_CASE("fields are known by name, those of records within behind a point") {
    const auto names = field_names<gw::Execution, BookRow>();
    const auto knows = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    for (const auto* name : {"type", "sequence", "order", "order.side", "order.client_order_id", "symbol"})
        CHECK(knows(name));
    CHECK_FALSE(knows("side.order"));
    CHECK(std::count(names.begin(), names.end(), "sequence") == 1);
    for (const auto& name : field_names<gw::Execution>()) CHECK(has_field<gw::Execution>(name));
    for (const auto* name : {"order.", "order.nope", "orders", "", "price.side"})
        CHECK_FALSE(has_field<gw::Execution>(name));
}

TEST_CASE("--fields: blanks around names are none of theirs; an unknown name and one that is there twice are refused") {
    CHECK(parse_fields(" a , b,c\t") == FieldNames{"a", "b", "c"});
    CHECK_NOTHROW(check_fields({}, {}));
    CHECK_NOTHROW(check_fields({"b", "a"}, {"a", "b"}));
    for (const auto& wanted : {FieldNames{"c"}, FieldNames{"a", "a"}, FieldNames{""}})
        CHECK(test::error_of([&] { check_fields(wanted, {"a", "b"}); }).fault() == Fault::usage);
    CHECK(test::error_of([] { check_fields({"a"}, {}); }).fault() == Fault::usage);
}

} // namespace omen::output_test
