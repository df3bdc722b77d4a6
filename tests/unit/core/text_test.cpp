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

TEST_CASE("a harmless text shows what a terminal would obey") {
    CHECK(harmless("").empty());
    CHECK(harmless("plain text, caf\u00e9, \u6f22\u5b57") == "plain text, caf\u00e9, \u6f22\u5b57");
    CHECK(harmless(std::string("a\n\r\x1b[2J\t\0\x7f.", 11)) == R"(a \x0d\x1b[2J \x00\x7f.)");
    CHECK(harmless("a\nb", LineBreaks::kept) == "a\nb");
    CHECK(harmless("\u009b31m\u0085") == R"(\x9b31m\x85)");
    CHECK(harmless("\x9b\xff\xc3") == R"(\x9b\xff\xc3)");
    CHECK(harmless("\u202e\u2066\u061c\u200f\u200b\ufeff\u2028\u00ad") ==
          "U+202EU+2066U+061CU+200FU+200BU+FEFFU+2028U+00AD");
    CHECK(harmless("\U000e0041\ue000") == "U+E0041U+E000");
    CHECK(harmless("\xed\xa0\x80") == R"(\xed\xa0\x80)"); // a surrogate
    CHECK(harmless("\xc0\xaf") == R"(\xc0\xaf)");         // longer than need be
}

TEST_CASE("marks that combine have something to combine with, and are few") {
    CHECK(harmless("e\u0301") == "e\u0301");
    CHECK(harmless("\u0301e") == "U+0301e");
    CHECK(harmless("e\u0301\u0302\u0303\u0304") == "e\u0301\u0302U+0303U+0304");
}

TEST_CASE("the width of a text is counted in a terminal's columns") {
    CHECK(columns_of("abc") == 3);
    CHECK(columns_of("caf\u00e9") == 4);
    CHECK(columns_of("\u6f22\u5b57") == 4);
    CHECK(columns_of("e\u0301") == 1);
}

TEST_CASE("a text that is too long is cut between two characters") {
    CHECK(shortened("12345", 5) == "12345");
    CHECK(shortened("123456", 5) == "12...");
    CHECK(shortened("1\u00e93456", 5) == "1...");
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
