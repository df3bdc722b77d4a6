#include "core/text.hpp"
#include "support/catch.hpp"

#include <vector>

namespace omen::text_test {

namespace {

const std::vector<std::string> commands{"book", "balance", "cancel", "candles", "orders", "order", "positions"};

} // namespace

TEST_CASE("visible ASCII has neither blanks nor control characters") {
    CHECK(is_visible_ascii("!0Az~"));
    CHECK(is_visible_ascii(""));
    for (const auto* text : {" ", "a b", "a\n", "\x1b", "\x7f", "\xc3\xa9"}) CHECK_FALSE(is_visible_ascii(text));
}

TEST_CASE("a text on one line has a blank for each control character of ASCII") {
    CHECK(on_one_line(std::string("a\n\r\x1b[2J\0\x7f.", 10)) == "a   [2J  .");
    CHECK(on_one_line("caf\xc3\xa9 \xc2\x9f") == "caf\xc3\xa9 \xc2\x9f");
    CHECK(on_one_line("").empty());
}

TEST_CASE("lower case is ASCII's only") {
    CHECK(lower("BTC-Perp_1") == "btc-perp_1");
    CHECK(lower("@[`{\xc3\x89") == "@[`{\xc3\x89");
    CHECK(lower("").empty());
}

TEST_CASE("the edit distance counts insertions, removals and replacements") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("order", "order") == 0);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("sitting", "kitten") == 3);
    CHECK(edit_distance("ordre", "order") == 2);
}

TEST_CASE("a misspelt name finds the nearest one, in any case") {
    CHECK(nearest("bok", commands) == "book");
    CHECK(nearest("CANCLE", commands) == "cancel");
    CHECK(nearest("orderz", commands) == "orders");
    CHECK(nearest("pos", commands) == "positions");
}

TEST_CASE("an exact name is its own nearest, even beside a longer one") {
    CHECK(nearest("order", commands) == "order");
    CHECK(nearest("orders", commands) == "orders");
}

TEST_CASE("nothing is suggested where nothing is near") {
    CHECK(nearest("xyzzy", commands).empty());
    CHECK(nearest("withdraw", commands).empty());
    CHECK(nearest("book", {}).empty());
}

TEST_CASE("the nearest symbol is the one that was meant") {
    const std::vector<std::string> names{"BTC-PERP", "ETH-PERP", "SOL-PERP"};
    CHECK(nearest("eth", names) == "ETH-PERP");
    CHECK(nearest("ETH-PREP", names) == "ETH-PERP");
    CHECK(nearest("something else", names).empty());
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("", "abc") == 3);
}

} // namespace omen::text_test
