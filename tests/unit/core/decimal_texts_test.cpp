#include "core/decimal_texts.hpp"
#include "support/catch.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

namespace omen::decimal_texts_test {

namespace {

/// What is written, and nothing of it beyond where it is said to end.
std::string written(DecimalTexts& texts, Decimal value) {
    std::array<char, 64> buffer{};
    return {buffer.data(), texts.write(buffer.data(), value)};
}

} // namespace

TEST_CASE("a remembered text is the amount's own, the first time and again") {
    DecimalTexts texts;
    for (const char* text :
         {"0", "1", "-1", "0.000000000000000001", "-0.5", "64000.25", "123456789012.123456789012345678"})
        for (int again = 0; again < 3; ++again) CHECK(written(texts, Decimal::parse(text)) == text);
}

TEST_CASE("an amount whose text is too long to be remembered is written all the same") {
    DecimalTexts texts;
    const auto longest = Decimal::parse("-123456789012345678901.123456789012345678");
    for (int again = 0; again < 3; ++again) CHECK(written(texts, longest) == longest.text());
}

TEST_CASE("amounts that share a place do not share a text") {
    DecimalTexts texts;
    std::mt19937_64 random(7);
    std::vector<Decimal> amounts;
    for (int i = 0; i < 20'000; ++i) {
        const auto units = static_cast<std::int64_t>(random()) >> (random() % 64);
        amounts.push_back(Decimal::from_units(units));
    }
    for (int again = 0; again < 2; ++again)
        for (const auto amount : amounts) REQUIRE(written(texts, amount) == amount.text());
}

} // namespace omen::decimal_texts_test
