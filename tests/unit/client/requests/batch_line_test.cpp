// A line of a batch: what it may say, and what is refused rather than guessed.

#include "client/requests/batch_line.hpp"
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
    CHECK(line.markets == std::vector<std::string>{"btc-perp"});
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
    const auto markets = [](const std::string& keys) {
        return BatchLine::parse(R"({"op":"cancel_all")" + keys + "}").markets;
    };
    using Names = std::vector<std::string>;
    CHECK(markets(R"(,"market":7)") == Names{"7"});
    CHECK(markets(R"(,"market_id":"ETH-PERP")") == Names{"ETH-PERP"});
    CHECK(markets(R"(,"symbol":"ETH-PERP")") == Names{"ETH-PERP"});
    CHECK(markets("").empty());
    // Whether two names are of one market is for whoever has the list.
    CHECK(markets(R"(,"market":7,"market_id":"7")") == Names{"7"});
    CHECK(markets(R"(,"symbol":"ETH-PERP","market_id":2,"market":"eth-perp")") == Names{"ETH-PERP", "2", "eth-perp"});
}

TEST_CASE("a market that nobody has filled in is not every market") {
    for (const auto* key : {"market", "market_id", "symbol"})
        for (const auto* value : {"null", R"("")"}) {
            INFO(key << value);
            CHECK_THAT(problem(R"({"op":"cancel_all",")" + std::string(key) + "\":" + value + "}"), Contains(key));
        }
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
    CHECK(price("1e-05").text() == "0.00001");
    CHECK(price("6.5E4").text() == "65000");
    CHECK(price("123456789012345.678e-3").text() == "123456789012.345678");
}

TEST_CASE("what is no amount is refused by name") {
    for (const auto* text : {R"("")", R"("abc")", R"("1e5")", R"(" 1")", R"("0.0000000000000000001")", "true", "[1]",
                             "{}", "0", "-1", R"("-1")", "999999999999999999999999999999"}) {
        INFO(text);
        CHECK_THAT(problem(with(R"(,"price":)" + std::string(text))), Contains("price"));
    }
    CHECK_THAT(problem(R"({"op":"order","market":1,"side":"buy","price":1,"size":0})"), Contains("size"));
    for (const auto* number : {"1e-19", "1.5E+30", "1e9999", "1e99999999999"})
        CHECK_THAT(problem(with(R"(,"price":)" + std::string(number))), Contains(number));
    for (const auto* number : {"-2e-3", "0e5"})
        CHECK_THAT(problem(with(R"(,"price":)" + std::string(number))), Contains("price: must be positive"));
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
    CHECK_THAT(problem(R"({"op":"cancel"})"), Contains("order_id: missing (or client_order_id)"));
    CHECK_THAT(problem(R"({"op":"amend","order_id":"1"})"), Contains("nothing to change"));
}

TEST_CASE("an unknown key is refused, with the one that was meant") {
    CHECK_THAT(problem(with(priced + R"(,"post_onyl":true)")), Contains("did you mean post_only?"));
    CHECK_THAT(problem(with(priced + R"(,"tif":"ioc")")), Contains("unknown key \"tif\""));
    CHECK_THAT(problem(with(priced + R"(,"price":"2")")), Contains("price: appears twice"));
}

namespace {

/// An order as we print it, with this put in.
std::string record_with(const std::string& more) {
    return R"({"order_id":"o-1","client_order_id":"a-1","market_id":2,"symbol":"ETH-PERP","side":"sell",)"
           R"("order_type":"limit","price":"100.5","size":"2","filled_size":"0.5","average_price":"100.5",)"
           R"("time_in_force":"another","post_only":false,"reduce_only":false,"status":"new","timestamp":1)" +
           more + "}";
}

} // namespace

TEST_CASE("orders as they are printed can be fed back; what says nothing of the op is not even read") {
    const auto cancel = BatchLine::parse(record_with(R"(,"op":"cancel")"));
    CHECK(std::get<gw::Cancel>(cancel.command).order_id == OrderId{"o-1"});
    CHECK_FALSE(std::get<gw::Cancel>(cancel.command).client_order_id.has_value());
    REQUIRE(cancel.named_twice.has_value());
    CHECK(cancel.named_twice->client_order_id == ClientOrderId{"a-1"});
    const auto amend = BatchLine::parse(record_with(R"(,"op":"amend")"));
    CHECK(std::get<gw::Amend>(amend.command).size == 2_d);
    CHECK(amend.named_twice.has_value());
    CHECK_THAT(problem(record_with(R"(,"op":"order")")), Contains("time_in_force"));
    const auto again =
        BatchLine::parse(R"({"op":"order","order_id":"o-1","status":"filled","symbol":"ETH-PERP","market_id":2,)"
                         R"("side":"buy","price":"1","size":"1","timestamp":7})");
    CHECK_FALSE(again.named_twice.has_value());
    CHECK(again.markets == std::vector<std::string>{"ETH-PERP", "2"});
}

TEST_CASE("a key that would be a condition, or is of another command, is refused") {
    for (const auto* key : {R"("client_order_id":"a")", R"("order_id":"o")", R"("side":"buy")", R"("status":"open")"})
        CHECK_THAT(problem(R"({"op":"cancel_all",)" + std::string(key) + "}"),
                   Contains("does not belong to cancel_all"));
    CHECK_THAT(problem(R"({"op":"cancel","order_id":"1","market":"ETH-PERP"})"), Contains("does not belong to cancel"));
}

TEST_CASE("what a bad line is about can be told as far as it can be read") {
    const auto bad = BatchLabel::of(R"({"size":[],"op":"order","client_order_id":"a-1","nonsense":1})");
    CHECK(bad.op == "order");
    CHECK(bad.client_order_id == ClientOrderId{"a-1"});
    CHECK(BatchLabel::of(R"({"op":7,"client_order_id":"a-1"})").client_order_id == ClientOrderId{"a-1"});
    CHECK(BatchLabel::of(R"({"op":"cancel","client_order_id":null})").op == "cancel");
    for (const auto* text : {"", "nonsense", "[1]", R"({"op":"order")"}) CHECK(BatchLabel::of(text).op.empty());
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
