#include "protocol/codes.hpp"
#include "support/catch.hpp"

namespace omen::codes_test {

TEST_CASE("every code of the exchange has its exit code") {
    const auto [exit, codes] = GENERATE(table<int, std::vector<std::string>>({
        {4, {"unauthenticated", "token_expired", "insufficient_permission", "wallet_scope"}},
        {6, {"unknown_market", "unknown_order", "wallet_not_linked", "not_found"}},
        {7, {"rate_limited", "too_many_sessions", "too_many_subscriptions"}},
        {9, {"internal"}},
        {5,
         {"invalid_price", "invalid_size", "invalid_message", "insufficient_margin", "would_cross", "would_not_fill",
          "reduce_only", "not_filled", "duplicate_client_order_id", "message_too_large"}},
        {5, {"", "a_code_of_tomorrow", "INTERNAL", "unknown"}},
    }));
    for (const auto& code : codes) {
        CAPTURE(code);
        CHECK(static_cast<int>(exit_of(code::fault_of(code))) == exit);
    }
}

TEST_CASE("the constants spell the codes") {
    CHECK(code::unauthenticated == "unauthenticated");
    CHECK(code::token_expired == "token_expired");
    CHECK(code::insufficient_permission == "insufficient_permission");
    CHECK(code::wallet_not_linked == "wallet_not_linked");
    CHECK(code::wallet_scope == "wallet_scope");
    CHECK(code::unknown_market == "unknown_market");
    CHECK(code::unknown_order == "unknown_order");
    CHECK(code::invalid_price == "invalid_price");
    CHECK(code::invalid_size == "invalid_size");
    CHECK(code::invalid_message == "invalid_message");
    CHECK(code::insufficient_margin == "insufficient_margin");
    CHECK(code::would_cross == "would_cross");
    CHECK(code::would_not_fill == "would_not_fill");
    CHECK(code::reduce_only == "reduce_only");
    CHECK(code::not_filled == "not_filled");
    CHECK(code::duplicate_client_order_id == "duplicate_client_order_id");
    CHECK(code::rate_limited == "rate_limited");
    CHECK(code::too_many_sessions == "too_many_sessions");
    CHECK(code::too_many_subscriptions == "too_many_subscriptions");
    CHECK(code::message_too_large == "message_too_large");
    CHECK(code::not_found == "not_found");
    CHECK(code::internal == "internal");
}

TEST_CASE("a refusal is told in what it has of words and code") {
    CHECK(code::in_words("no such market", "unknown_market") == "no such market (unknown_market)");
    CHECK(code::in_words("no such market", std::nullopt) == "no such market");
    CHECK(code::in_words(std::nullopt, "unknown_market") == "unknown_market");
}

} // namespace omen::codes_test
