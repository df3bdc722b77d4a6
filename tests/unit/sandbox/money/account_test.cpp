#include "sandbox/money/account.hpp"
#include "support/catch.hpp"

namespace omen::account_test {

using namespace omen::literals;
using namespace omen::sandbox;

namespace {

const std::vector<MarginTerms> at_100{{.mark = 100_d, .initial_margin = 0.1_d, .maintenance_margin = 0.05_d}};

std::vector<MarginTerms> at(Decimal mark) {
    auto terms = at_100;
    terms[0].mark = mark;
    return terms;
}

Account account_with(Decimal deposit) {
    Account account(1);
    account.deposit(deposit);
    return account;
}

} // namespace

TEST_CASE("adding to a position averages its entry price") {
    Position position;
    position.fill(Side::buy, 100_d, 1_d);
    position.fill(Side::buy, 106_d, 2_d);
    CHECK(position.size == 3_d);
    CHECK(position.entry_price() == 104_d);
}

TEST_CASE("reducing a long realises the difference to the entry price, which stays") {
    Position position;
    position.fill(Side::buy, 100_d, 3_d);
    position.fill(Side::sell, 110_d, 1_d);
    CHECK(position.size == 2_d);
    CHECK(position.entry_price() == 100_d);
    CHECK(position.realized_pnl == 10_d);
}

TEST_CASE("a short gains when it is bought back lower") {
    Position position;
    position.fill(Side::sell, 100_d, 3_d);
    CHECK(position.unrealized_pnl(90_d) == 30_d);
    position.fill(Side::buy, 90_d, 2_d);
    CHECK(position.size == -1_d);
    CHECK(position.realized_pnl == 20_d);
}

TEST_CASE("a fill beyond the position flips it at the fill's price") {
    Position position;
    position.fill(Side::buy, 100_d, 1_d);
    position.fill(Side::sell, 120_d, 3_d);
    CHECK(position.size == -2_d);
    CHECK(position.entry_price() == 120_d);
    CHECK(position.realized_pnl == 20_d);
}

TEST_CASE("a closed position leaves nothing behind, even where its average does not end") {
    Position position;
    position.fill(Side::buy, 100_d, 1_d);
    position.fill(Side::buy, 101_d, 2_d);
    for (int i = 0; i < 3; ++i) position.fill(Side::sell, 100_d, 1_d);
    CHECK(position.is_flat());
    CHECK(position.cost == 0_d);
    CHECK(position.realized_pnl == -2_d);
}

TEST_CASE("a fee is rounded up, a rebate down") {
    const auto tiny = Decimal::from_units(1);
    CHECK(fee_of(100_d, 2_d, 0.0005_d) == 0.1_d);
    CHECK(fee_of(100_d, 2_d, -0.0001_d) == -0.02_d);
    CHECK(fee_of(tiny, 1_d, 0.0005_d) == tiny);
    CHECK(fee_of(tiny, 1_d, -0.0001_d) == 0_d);
}

TEST_CASE("the balance is deposits and realised PnL less fees") {
    auto account = account_with(1000_d);
    account.fill(0, Side::buy, 100_d, 2_d, 0.5_d);
    account.fill(0, Side::sell, 110_d, 1_d, -0.25_d);
    CHECK(account.fees() == 0.25_d);
    CHECK(account.realized_pnl() == 10_d);
    CHECK(account.balance() == 1009.75_d);
}

TEST_CASE("equity includes what the mark price makes of a position") {
    auto account = account_with(1000_d);
    account.fill(0, Side::buy, 100_d, 2_d, 0_d);
    CHECK(account.equity(at(95_d)) == 990_d);
    CHECK(account.balance() == 1000_d);
}

TEST_CASE("a position and an order that would add to it use margin") {
    auto account = account_with(1000_d);
    account.fill(0, Side::buy, 100_d, 2_d, 0_d);
    account.change_open_orders(0, Side::buy, {}, {.size = 3_d, .value = 300_d});
    CHECK(account.margin_used(at_100) == 50_d);
    CHECK(account.available(at_100) == 950_d);
    CHECK(account.maintenance_margin(at_100) == 10_d);
}

TEST_CASE("orders on both sides use the margin of the worse side") {
    auto account = account_with(1000_d);
    account.change_open_orders(0, Side::buy, {}, {.size = 3_d, .value = 300_d});
    account.change_open_orders(0, Side::sell, {}, {.size = 5_d, .value = 500_d});
    CHECK(account.margin_used(at_100) == 50_d);
}

TEST_CASE("what only reduces a position does not flip it, together with what is open") {
    auto account = account_with(1000_d);
    account.fill(0, Side::sell, 100_d, 5_d, 0_d);
    CHECK(account.only_reduces(0, Side::buy, 5_d));
    CHECK_FALSE(account.only_reduces(0, Side::buy, 6_d));
    CHECK_FALSE(account.only_reduces(0, Side::sell, 1_d));
    account.change_open_orders(0, Side::buy, {}, {.size = 3_d, .value = 270_d});
    CHECK(account.only_reduces(0, Side::buy, 2_d));
    CHECK_FALSE(account.only_reduces(0, Side::buy, 3_d));
}

TEST_CASE("an account whose open orders would take it out of the range says so") {
    auto account = account_with(1000_d);
    const auto huge = Decimal::parse("90000000000000000000");
    account.fill(0, Side::buy, Decimal::from_units(1), huge, 0_d);
    account.check_range(0);
    account.change_open_orders(0, Side::sell, {}, {.size = huge, .value = 90_d});
    account.check_range(0);
    account.change_open_orders(0, Side::buy, {}, {.size = huge, .value = 90_d});
    CHECK_THROWS_AS(account.check_range(0), DecimalError);
}

TEST_CASE("at the liquidation price equity is just the maintenance margin") {
    const auto side = GENERATE(Side::buy, Side::sell);
    auto account = account_with(200_d);
    account.fill(0, side, 100_d, 10_d, 0_d);
    const auto price = account.liquidation_price(0, at_100);
    REQUIRE(price);
    const auto spare = account.equity(at(*price)) - account.maintenance_margin(at(*price));
    CHECK(spare.abs() < 0.000000001_d);
    CHECK((*price < 100_d) == (side == Side::buy));
}

TEST_CASE("a position that no price can liquidate has no liquidation price") {
    auto account = account_with(5000_d);
    CHECK_FALSE(account.liquidation_price(0, at_100));
    account.fill(0, Side::buy, 100_d, 10_d, 0_d);
    CHECK_FALSE(account.liquidation_price(0, at_100));
}

TEST_CASE("every market is to blame for what it took the balance below zero") {
    Account account(2);
    account.deposit(10_d);
    account.add_funding(0, -15_d);
    account.add_funding(1, -5_d);
    CHECK(account.balance() == -10_d);
    CHECK((account.deficit(0) == 5_d && account.deficit(1) == 5_d));
}

TEST_CASE("what is gained makes up for its own market's deficit first") {
    Account account(2);
    account.add_funding(0, -5_d);
    account.add_funding(1, -5_d);
    account.add_funding(1, 7_d);
    CHECK((account.deficit(0) == 3_d && account.deficit(1) == 0_d));
    account.deposit(4_d);
    CHECK((account.balance() == 1_d && account.deficit(0) == 0_d));
}

TEST_CASE("what is forgiven makes up for a market's deficit") {
    Account account(2);
    account.add_funding(1, -5_d);
    account.forgive(1, 3_d);
    CHECK((account.balance() == -2_d && account.deficit(1) == 2_d));
    account.forgive(1, 2_d);
    CHECK((account.balance() == 0_d && account.deficit(1) == 0_d));
}

} // namespace omen::account_test
