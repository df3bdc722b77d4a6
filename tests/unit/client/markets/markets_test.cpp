// Which market is meant, and whether an order fits it.

#include "client/markets/markets.hpp"
#include "client/markets/order_checks.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"

namespace omen::markets_test {

using namespace omen::literals;

namespace {

rest::MarketResponse market(std::uint64_t id, const char* symbol) {
    rest::MarketResponse market;
    market.market_id = MarketId(id);
    market.symbol = symbol;
    market.tick_size = 0.5_d;
    market.lot_size = 0.1_d;
    market.min_size = 0.2_d;
    return market;
}

} // namespace

TEST_CASE("a market is found by symbol in any case or by id; the list is asked for once") {
    int loads = 0;
    Markets markets([&] {
        ++loads;
        return std::vector{market(1, "BTC-PERP"), market(2, "ETH-PERP")};
    });
    CHECK(markets.find("eth-perp").id == MarketId(2));
    CHECK(markets.find("1").symbol() == "BTC-PERP");
    CHECK(markets.symbol_of(MarketId(2)) == "ETH-PERP");
    CHECK(markets.symbol_of(MarketId(9)) == "9");
    CHECK(loads == 1);
    CHECK_THROWS_WITH(markets.find("nope"), Catch::Contains("nope"));
}

TEST_CASE("a symbol is taken exactly, and in another case only where one market alone can be meant") {
    Markets markets([] {
        return std::vector{market(1, "KPEPE-PERP"), market(2, "kPEPE-PERP"), market(3, "Mixed-Perp"),
                           market(4, "3"),          market(5, "twin"),       market(6, "twin")};
    });
    CHECK(markets.find("kPEPE-PERP").id == MarketId(2));
    CHECK(markets.find("KPEPE-PERP").id == MarketId(1));
    CHECK(markets.find("MIXED-PERP").id == MarketId(3));
    for (const auto* name : {"kpepe-perp", "Kpepe-Perp", "", "3", "twin"})
        CHECK(test::error_of([&] { markets.find(name); }).fault() == Fault::usage);
    CHECK(test::error_of([&] { markets.find_or_trust_id(""); }).fault() == Fault::usage);
    CHECK(test::error_of([&] { markets.find("pepe-perp"); }).fault() == Fault::not_found);
}

TEST_CASE("whether a symbol in another case is unambiguous, only the exchange knows") {
    const std::vector both{market(1, "KPEPE-PERP"), market(2, "kPEPE-PERP")};
    Markets markets([&] { return both; }, [] { return std::vector{market(1, "KPEPE-PERP")}; });
    CHECK(markets.find("KPEPE-PERP").id == MarketId(1));
    CHECK(test::error_of([&] { markets.find("kpepe-perp"); }).fault() == Fault::usage);
    CHECK(markets.find("kPEPE-PERP").id == MarketId(2));
}

TEST_CASE("what is remembered answers for names; what is not in it is asked for, once") {
    int loads = 0;
    const auto load = [&] {
        ++loads;
        return std::vector{market(1, "BTC-PERP"), market(2, "ETH-PERP")};
    };
    Markets markets(load, [] { return std::vector{market(1, "BTC-PERP")}; });
    CHECK(markets.find("BTC-PERP").id == MarketId(1));
    CHECK(markets.symbol_of(MarketId(1)) == "BTC-PERP");
    CHECK(loads == 0);
    CHECK(markets.find("ETH-PERP").id == MarketId(2));
    CHECK(test::error_of([&] { markets.find("NOPE"); }).fault() == Fault::not_found);
    CHECK(loads == 1);
}

TEST_CASE("all markets are those of now, never remembered ones") {
    Markets markets([] { return std::vector{market(2, "ETH-PERP")}; },
                    [] { return std::vector{market(1, "BTC-PERP")}; });
    CHECK(markets.all().front().symbol == "ETH-PERP");
}

TEST_CASE("a symbol that can't be asked for leaves what is remembered as it was") {
    Markets markets([]() -> Markets::List { throw Error(Fault::unreachable, "asked"); },
                    [] { return std::vector{market(1, "BTC-PERP")}; });
    CHECK(markets.symbol_of(MarketId(9)) == "9");
    CHECK(markets.symbol_of(MarketId(1)) == "BTC-PERP");
}

TEST_CASE("an order is refused by a market as it is now, never as it is remembered") {
    int loads = 0;
    auto now = market(1, "BTC-PERP");
    now.tick_size = 0.1_d;
    const auto load = [&] {
        ++loads;
        return std::vector{now};
    };
    Markets markets(load, [] { return std::vector{market(1, "BTC-PERP")}; });
    const auto btc = markets.find("BTC-PERP");
    CHECK_NOTHROW(check_against_market(markets, btc, 100.5_d, 1_d));
    CHECK(loads == 0);
    CHECK_NOTHROW(check_against_market(markets, btc, 100.1_d, 1_d)); // off the remembered tick
    CHECK(loads == 1);
    CHECK(test::error_of([&] { check_against_market(markets, btc, 100.05_d, 1_d); }).fault() == Fault::refused_locally);
    CHECK_NOTHROW(check_against_market(markets, Market{MarketId(7)}, 100.05_d, 1_d));
    CHECK(loads == 1);
}

TEST_CASE("an id in digits is believed without asking") {
    Markets markets([]() -> std::vector<rest::MarketResponse> { throw Error(Fault::unreachable, "asked"); });
    CHECK(markets.find_or_trust_id("7").id == MarketId(7));
    CHECK(test::error_of([&] { markets.find_or_trust_id("ETH-PERP"); }).fault() == Fault::unreachable);
    CHECK(markets.symbol_of(MarketId(7)) == "7");
}

TEST_CASE("an order off tick or lot or under the minimum is refused, naming the nearest valid values") {
    const auto btc = market(1, "BTC-PERP");
    CHECK_NOTHROW(check_against_market(btc, 100.5_d, 0.3_d));
    const auto hint = [&](std::optional<Decimal> price, std::optional<Decimal> size) {
        try {
            check_against_market(btc, price, size);
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::refused_locally);
            return error.detail().hint;
        }
        return std::string("accepted");
    };
    CHECK(hint(100.3_d, {}) == "use 100 or 100.5");
    CHECK(hint(0.1_d, {}) == "use 0.5");
    CHECK(hint({}, 0.25_d) == "use 0.2 or 0.3");
    CHECK(hint({}, 0.1_d) == "use at least 0.2");
}

TEST_CASE("a market without a tick or lot size is an error only for an order that needs it") {
    auto incomplete = market(1, "BTC-PERP");
    incomplete.tick_size.reset();
    incomplete.min_size.reset();
    CHECK_NOTHROW(check_against_market(incomplete, {}, 0.1_d));
    const auto error = test::error_of([&] { check_against_market(incomplete, 100.5_d, 1_d); });
    CHECK(error.fault() == Fault::protocol);
    CHECK_THAT(error.what(), Catch::Contains("BTC-PERP") && Catch::Contains("tick_size"));
    incomplete.lot_size.reset();
    CHECK_THAT(test::error_of([&] { check_against_market(incomplete, {}, 1_d); }).what(), Catch::Contains("lot_size"));
}

TEST_CASE("a tick or lot that is no step is a protocol error, and not a market without one") {
    for (const auto step : {0_d, -(0.5_d), -(1_d)}) {
        auto broken = market(1, "BTC-PERP");
        broken.tick_size = step;
        broken.lot_size = step;
        for (const auto& error : {test::error_of([&] { check_against_market(broken, 100_d, {}); }),
                                  test::error_of([&] { check_against_market(broken, {}, 1_d); })}) {
            CHECK(error.fault() == Fault::protocol);
            CHECK_THAT(error.what(), Catch::Contains("_size is " + step.text()));
        }
    }
}

} // namespace omen::markets_test
