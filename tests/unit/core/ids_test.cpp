#include "core/ids.hpp"
#include "support/catch.hpp"

#include <unordered_set>
#include <vector>

namespace omen::ids_test {

TEST_CASE("a market id of digits is an integer") {
    const auto [text, number] = GENERATE(table<const char*, std::uint64_t>({
        {"0", 0},
        {"7", 7},
        {"18446744073709551615", UINT64_MAX},
    }));
    const auto id = MarketId::from_text(text);
    REQUIRE(id.is_number());
    CHECK(id.number() == number);
    CHECK(id.text() == text);
}

TEST_CASE("any other market id is a string, kept as it is") {
    for (const auto* text :
         {"", "BTC-PERP", "007", "00", "18446744073709551616", "-1", "+1", "1a", " 1", "1 ", "1.0"}) {
        CAPTURE(text);
        const auto id = MarketId::from_text(text);
        REQUIRE_FALSE(id.is_number());
        CHECK(id.name() == text);
        CHECK(id.text() == text);
    }
}

TEST_CASE("an integer market id and the same digits as a string are two ids") {
    CHECK(MarketId(7) != MarketId(std::string("7")));
    CHECK(MarketId(7) == MarketId::from_text("7"));
    CHECK(MarketId() == MarketId(0));
    CHECK(MarketId(7) < MarketId(8));
}

TEST_CASE("market ids are in order: numbers by value, then names") {
    const std::vector<MarketId> ordered{MarketId(0),
                                        MarketId(9),
                                        MarketId(10),
                                        MarketId(std::string("10")),
                                        MarketId(std::string("A")),
                                        MarketId(std::string("B"))};
    for (std::size_t i = 0; i < ordered.size(); ++i)
        for (std::size_t j = 0; j < ordered.size(); ++j) {
            CHECK((ordered[i] < ordered[j]) == (i < j));
            CHECK((ordered[i] == ordered[j]) == (i == j));
        }
}

TEST_CASE("a client order id is 1 to 64 of the allowed characters") {
    for (const auto& text : {std::string("a"), std::string("Z9"), std::string("a.b_c:d-e"), std::string(64, 'x')})
        CHECK(is_client_order_id(text));
    for (const auto& text : {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a/b"),
                             std::string("\xc3\xa9"), std::string("a\0", 2), std::string("a\n"), std::string("[")})
        CHECK_FALSE(is_client_order_id(text));
}

TEST_CASE("a wallet's address is 0x and 40 hex digits") {
    CHECK(is_wallet_address("0x00000000000000000000000000000123456789aB"));
    for (const auto* text :
         {"", "0x", "0x00000000000000000000000000000000000000a", "0X00000000000000000000000000000000000000ab",
          "0x00000000000000000000000000000000000000ag", "0x00000000000000000000000000000000000000abc"})
        CHECK_FALSE(is_wallet_address(text));
}

TEST_CASE("ids of one kind are compared and hashed by their text") {
    const std::unordered_set<OrderId> ids{OrderId{"a"}, OrderId{"b"}, OrderId{"a"}};
    CHECK(ids.size() == 2);
    CHECK(OrderId{"a"} < OrderId{"b"});
    STATIC_REQUIRE_FALSE(std::is_constructible_v<OrderId, ClientOrderId>);
}

TEST_CASE("an id that came as an integer is the same as its digits") {
    const OrderId number{"7", true};
    CHECK(number == OrderId{"7"});
    CHECK(number != OrderId{"07"});
    CHECK(std::unordered_set<OrderId>{OrderId{"7"}}.contains(number));
}

} // namespace omen::ids_test
