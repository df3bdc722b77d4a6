// A line of a batch: what it may say, and what is refused rather than guessed.

#include "client/trading/batch_line.hpp"
#include "protocol/wire/decode_error.hpp"
#include "support/catch.hpp"

namespace omen::batch_line_test {

using namespace omen::literals;

namespace {

/// What is wrong with a line.
std::string problem(const std::string& json) {
    try {
        BatchLine::parse(json);
    } catch (const DecodeError& error) {
        return error.what();
    }
    return "nothing";
}

gw::Order order(const std::string& json) {
    return std::get<gw::Order>(BatchLine::parse(json).command);
}

/// An order's line with this put in.
std::string with(const std::string& more) {
    return R"({"op":"order","market":"BTC-PERP","side":"buy","size":"1")" + more + "}";
}
const std::string priced = R"(,"price":"100")";

using Catch::Contains;

} // namespace

TEST_CASE("an order with every key") {
    const auto line = BatchLine::parse(
        R"({"op":"order","market":"btc-perp","client_order_id":"a-1","side":"sell","order_type":"limit","price":"100.5",)"
        R"("size":"0.25","time_in_force":"gtc","post_only":true,"reduce_only":true})");
    CHECK(line.market == "btc-perp");
    const auto& order = std::get<gw::Order>(line.command);
    CHECK(order.client_order_id == ClientOrderId{"a-1"});
    CHECK(order.side == Side::sell);
    CHECK(order.order_type == OrderType::limit);
    CHECK(order.price == 100.5_d);
    CHECK(order.size == 0.25_d);
    CHECK(order.time_in_force == TimeInForce::gtc);
    CHECK(order.post_only);
    CHECK(order.reduce_only);
    CHECK(op_of(line.command) == "order");
}

TEST_CASE("an order with what it needs: a limit order, good till cancelled, with an id of its own") {
    const auto first = order(with(priced));
    CHECK(first.order_type == OrderType::limit);
    CHECK(first.time_in_force == TimeInForce::gtc);
    CHECK_FALSE(first.post_only);
    CHECK_FALSE(first.reduce_only);
    CHECK(is_client_order_id(first.client_order_id.value));
    CHECK(first.client_order_id != order(with(priced)).client_order_id);
    CHECK(order(with(priced + R"(,"time_in_force":"fok")")).time_in_force == TimeInForce::fok);
}

TEST_CASE("null is as good as absent") {
    CHECK(order(with(priced + R"(,"post_only":null,"client_order_id":null)")).size == 1_d);
    CHECK_THAT(problem(with(R"(,"price":null)")), Contains("price: missing"));
}

TEST_CASE("a market is named by symbol or id; an id may be a number") {
    CHECK(BatchLine::parse(R"({"op":"cancel_all","market":7})").market == "7");
    CHECK(BatchLine::parse(R"({"op":"cancel_all","market_id":"ETH-PERP"})").market == "ETH-PERP");
    CHECK_FALSE(BatchLine::parse(R"({"op":"cancel_all"})").market.has_value());
}

TEST_CASE("cancel, cancel_all and amend") {
    const auto cancel = std::get<gw::Cancel>(BatchLine::parse(R"({"op":"cancel","order_id":"o-1"})").command);
    CHECK(cancel.order_id == OrderId{"o-1"});
    CHECK_FALSE(cancel.client_order_id.has_value());
    CHECK(op_of(BatchLine::parse(R"({"op":"cancel_all"})").command) == "cancel_all");
    const auto amend = std::get<gw::Amend>(
        BatchLine::parse(R"({"op":"amend","client_order_id":"a-1","price":101,"size":"2"})").command);
    CHECK(amend.client_order_id == ClientOrderId{"a-1"});
    CHECK(amend.price == 101_d);
    CHECK(amend.size == 2_d);
}

TEST_CASE("amounts are decimals, as text or as numbers, and exact to the last digit") {
    const auto price = [](const std::string& text) { return *order(with(R"(,"price":)" + text)).price; };
    CHECK(price(R"("100.5")") == 100.5_d);
    CHECK(price("100.5") == 100.5_d);
    CHECK(price("100") == 100_d);
    CHECK(price("0.1").text() == "0.1");
    CHECK(price("9007199254740993").text() == "9007199254740993");
    CHECK(price("12345678901234567890").text() == "12345678901234567890");
    CHECK(price("1234567890.123456789012345678").text() == "1234567890.123456789012345678");
}

TEST_CASE("what is no amount is refused by name") {
    for (const auto* text : {R"("")", R"("abc")", R"("1e5")", R"(" 1")", R"("0.0000000000000000001")", "true", "[1]",
                             "{}", "0", "-1", R"("-1")", "999999999999999999999999999999"}) {
        INFO(text);
        CHECK_THAT(problem(with(R"(,"price":)" + std::string(text))), Contains("price"));
    }
    CHECK_THAT(problem(R"({"op":"order","market":1,"side":"buy","price":1,"size":0})"), Contains("size"));
}

TEST_CASE("a forgotten price never buys at any price") {
    CHECK_THAT(problem(with("")), Contains(R"(price: missing (or say "order_type":"market"))"));
    const auto market = order(with(R"(,"order_type":"market")"));
    CHECK(market.order_type == OrderType::market);
    CHECK(market.time_in_force == TimeInForce::ioc);
    CHECK_FALSE(market.price.has_value());
}

TEST_CASE("what contradicts a market order or a post-only one") {
    const std::string market = R"(,"order_type":"market")";
    CHECK_THAT(problem(with(market + priced)), Contains("price: does not belong to a market order"));
    CHECK_THAT(problem(with(market + R"(,"post_only":true)")), Contains("post_only"));
    CHECK_THAT(problem(with(market + R"(,"time_in_force":"gtc")")), Contains("always ioc"));
    CHECK(problem(with(market + R"(,"time_in_force":"ioc")")) == "nothing");
    CHECK_THAT(problem(with(priced + R"(,"post_only":true,"time_in_force":"ioc")")), Contains("always gtc"));
}

TEST_CASE("what is missing is named") {
    CHECK_THAT(problem(R"({"market":"BTC-PERP"})"), Contains("op: missing"));
    CHECK_THAT(problem(R"({"op":"order","side":"buy","size":1,"price":1})"), Contains("market: missing"));
    CHECK_THAT(problem(R"({"op":"order","market":1,"size":1,"price":1})"), Contains("side: missing"));
    CHECK_THAT(problem(R"({"op":"order","market":1,"side":"buy","price":1})"), Contains("size: missing"));
    CHECK_THAT(problem(R"({"op":"cancel"})"), Contains("exactly one of order_id and client_order_id"));
    CHECK_THAT(problem(R"({"op":"cancel","order_id":"1","client_order_id":"a"})"), Contains("exactly one"));
    CHECK_THAT(problem(R"({"op":"amend","order_id":"1"})"), Contains("nothing to change"));
}

TEST_CASE("an unknown key is refused, with the one that was meant") {
    CHECK_THAT(problem(with(priced + R"(,"post_onyl":true)")), Contains("did you mean post_only?"));
    CHECK_THAT(problem(with(priced + R"(,"tif":"ioc")")), Contains("unknown key \"tif\""));
    CHECK_THAT(problem(with(priced + R"(,"price":"2")")), Contains("price: appears twice"));
}

TEST_CASE("a key of another command is refused") {
    CHECK_THAT(problem(R"({"op":"cancel","order_id":"1","size":"2"})"), Contains("size: does not belong to cancel"));
    CHECK_THAT(problem(R"({"op":"cancel_all","client_order_id":"a"})"), Contains("does not belong to cancel_all"));
    CHECK_THAT(problem(R"({"op":"amend","order_id":"1","price":1,"side":"buy"})"),
               Contains("does not belong to amend"));
    CHECK_THAT(problem(with(priced + R"(,"order_id":"1")")), Contains("does not belong to order"));
}

TEST_CASE("an unknown command or value is refused") {
    CHECK_THAT(problem(R"({"op":"buy"})"), Contains("op: unknown value \"buy\""));
    CHECK_THAT(problem(R"({"op":"cancel_all amend"})"), Contains("op: unknown value"));
    CHECK_THAT(problem(R"({"op":""})"), Contains("op"));
    CHECK_THAT(problem(with(priced + R"(,"order_type":"stop")")), Contains("order_type: unknown value \"stop\""));
    CHECK_THAT(problem(with(priced + R"(,"time_in_force":"day")")), Contains("time_in_force"));
    CHECK_THAT(problem(with(priced + R"(,"client_order_id":"a b")")), Contains("client_order_id"));
    CHECK_THAT(problem(with(priced + R"(,"post_only":"yes")")), Contains("post_only"));
}

TEST_CASE("what is no JSON object is refused") {
    for (const auto* text : {"", "null", "[]", "1", "\"order\"", "{", R"({"op":"cancel_all"} x)",
                             R"({"op":"cancel_all"}{})", "{'op':'cancel_all'}", "\xff\xfe", R"({"op":7})"}) {
        INFO(text);
        CHECK(problem(text) != "nothing");
    }
}

} // namespace omen::batch_line_test
