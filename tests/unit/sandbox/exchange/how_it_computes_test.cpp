// The numbers of omenctl-sandbox(7).
#include "sandbox/money/funding.hpp"
#include "support/catch.hpp"
#include "support/sandbox_world.hpp"

namespace omen::how_it_computes_test {

using namespace omen::sandbox;

namespace {

constexpr auto none = std::optional<Decimal>{};

std::vector<MarginTerms> terms(Decimal mark, Decimal initial = 0.1_d, Decimal maintenance = 0.05_d) {
    return {{.mark = mark, .initial_margin = initial, .maintenance_margin = maintenance}};
}

Account holding(Decimal size, Decimal price) {
    Account account(1);
    account.fill(0, size.is_negative() ? Side::sell : Side::buy, price, size.abs(), 0_d);
    return account;
}

} // namespace

TEST_CASE("omenctl-sandbox(7): the mark price", "[page]") {
    struct Row {
        std::optional<Decimal> bid, ask, last, index;
        Decimal mark;
    };
    for (const auto& row : {Row{99_d, 102_d, 101_d, 100_d, 100.5_d}, Row{99_d, 102_d, 250_d, 100_d, 100.5_d},
                            Row{99_d, none, 97_d, 100_d, 97_d}, Row{none, none, none, 100_d, 100_d}}) {
        Exchange exchange({test_market(btc, "BTC")});
        std::vector<Level> bids;
        std::vector<Level> asks;
        if (row.bid) bids.push_back({*row.bid, 1_d});
        if (row.ask) asks.push_back({*row.ask, 1_d});
        if (row.last)
            exchange.past_trade(
                {.market_id = btc, .timestamp = Timestamp{0}, .price = *row.last, .size = 1_d, .side = Side::buy});
        exchange.open_book(btc, 1, bids, asks, {0});
        exchange.set_index(btc, *row.index, {0});
        CHECK(exchange.ticker(btc, {0})->mark_price == row.mark);
    }
}

TEST_CASE("omenctl-sandbox(7): positions", "[page]") {
    Position position;
    position.fill(Side::buy, 100_d, 1_d);
    position.fill(Side::buy, 106_d, 2_d);
    CHECK((position.size == 3_d && position.cost == 312_d && position.entry_price() == 104_d));
    position.fill(Side::sell, 110_d, 1_d);
    CHECK((position.size == 2_d && position.cost == 208_d && position.realized_pnl == 6_d));
    position.fill(Side::sell, 120_d, 3_d);
    CHECK((position.size == -1_d && position.cost == 120_d && position.realized_pnl == 38_d));
    CHECK(position.unrealized_pnl(115_d) == 5_d);
}

TEST_CASE("omenctl-sandbox(7): margin", "[page]") {
    struct Row {
        Decimal position, mark, buys, sells, initial, used;
    };
    for (const auto& row : {Row{2_d, 100_d, 300_d, 0_d, 0.1_d, 50_d}, Row{2_d, 100_d, 0_d, 500_d, 0.1_d, 30_d},
                            Row{-(2_d), 100_d, 300_d, 500_d, 0.1_d, 70_d}}) {
        auto account = holding(row.position, row.mark);
        account.change_open_orders(0, Side::buy, {}, {.size = 1_d, .value = row.buys});
        account.change_open_orders(0, Side::sell, {}, {.size = 1_d, .value = row.sells});
        CHECK(account.margin_used(terms(row.mark, row.initial)) == row.used);
    }
}

TEST_CASE("omenctl-sandbox(7): the liquidation price", "[page]") {
    struct Row {
        Side side;
        Decimal price;
    };
    for (const auto& row : {Row{Side::buy, 95_d}, Row{Side::sell, 104.5_d}}) {
        auto market = test_market(btc, "BTC");
        market.taker_fee = market.maker_fee = 0_d;
        Exchange exchange({market});
        exchange.fund(alice, 100_d);
        exchange.fund(bob, 100_d);
        const gw::Order order{
            .client_order_id = {"c"}, .market_id = btc, .side = row.side, .price = 100_d, .size = 10_d};
        exchange.set_index(btc, 100_d, {0});
        exchange.order(alice, order, {0});
        auto other = order;
        other.side = opposite(row.side);
        exchange.order(bob, other, {0});
        CHECK(exchange.positions(alice).positions.at(0).liquidation_price == row.price);
        CHECK(exchange.positions(alice).positions.at(0).leverage == 10_d);
    }
}

TEST_CASE("omenctl-sandbox(7): funding", "[page]") {
    CHECK(funding_payment(2_d, 100_d, 0.0050_d) == -1_d);
    CHECK(funding_payment(-2_d, 100_d, 0.0050_d) == 1_d);
    CHECK(funding_payment(-2_d, 100_d, -0.0050_d) == -1_d);
}

} // namespace omen::how_it_computes_test
