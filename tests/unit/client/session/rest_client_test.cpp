// The REST client against a scripted HTTP server: every way an answer can be wrong has its exit code.

#include "client/session/rest_client.hpp"
#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/scripted_server.hpp"
#include "support/tokens.hpp"

namespace omen::rest_client_test {

using test::http_answer;
using test::ScriptedServer;

namespace {

RestClient client_of(const ScriptedServer& server, Token token = test::good_token()) {
    return RestClient(Url::parse(server.http_url("")),
                      {.deadline = Deadline::after(Milliseconds(3000)), .token = [token] { return token; }});
}

/// The error of a call against a server that always gives this answer.
Error error_of(const std::string& answer, const std::function<void(RestClient&)>& call) {
    auto server = ScriptedServer::http([answer](const std::string&) { return answer; });
    auto client = client_of(server);
    try {
        call(client);
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error");
    throw std::logic_error("unreachable");
}

void read_markets(RestClient& client) {
    client.markets();
}
void link_wallet(RestClient& client) {
    client.link_wallet({.wallet = "0x1", .message = {}, .signature = {}});
}

const std::string json_type = "Content-Type: application/json";

} // namespace

TEST_CASE("each call asks for its documented path") {
    std::vector<std::string> seen;
    auto server = ScriptedServer::http([&](const std::string& request) {
        seen.push_back(request.substr(0, request.find(" HTTP")));
        return http_answer(404, R"({"error":"no","code":"unknown_market"})", {json_type});
    });
    auto client = client_of(server);
    const auto ask = [](auto&& call) { CHECK_THROWS_AS(call(), Error); };
    const MarketId market(7);
    ask([&] { client.health(); });
    ask([&] { client.readiness(); });
    ask([&] { client.markets(); });
    ask([&] { client.trades(market, 5); });
    ask([&] {
        client.candles(market, {.interval = Interval::h1, .from = Timestamp{1}, .to = Timestamp{2}, .limit = 3});
    });
    ask([&] { client.ticker(MarketId(std::string("A/B"))); });
    ask([&] { client.orderbook(market, {}); });
    ask([&] { client.bad_debt(); });
    ask([&] { client.wallet(); });
    ask([&] { link_wallet(client); });
    ask([&] { client.unlink_wallet(); });
    ask([&] { client.positions("0xab"); });
    CHECK(seen == std::vector<std::string>{
                      "GET /health", "GET /readyz", "GET /api/v1/markets", "GET /api/v1/trades/7?limit=5",
                      "GET /api/v1/candles/7?interval=1h&from=1&to=2&limit=3", "GET /api/v1/ticker/A%2FB",
                      "GET /api/v1/orderbook/7", "GET /api/v1/risk/bad-debt", "GET /api/v1/wallet",
                      "POST /api/v1/wallet/link", "DELETE /api/v1/wallet/link", "GET /api/v1/positions/0xab"});
}

TEST_CASE("the token goes only where it is needed") {
    std::string request;
    auto server = ScriptedServer::http([&](const std::string& text) {
        request = text;
        return http_answer(200, "[]", {json_type});
    });
    auto client = client_of(server);
    client.markets();
    CHECK(request.find("Authorization") == std::string::npos);
    client.positions("0x1");
    CHECK(request.find("Authorization: Bearer " + test::good_token().secret()) != std::string::npos);
}

TEST_CASE("an expired token, or one for another audience, never leaves") {
    auto server = ScriptedServer::http([](const std::string&) { return http_answer(200, "[]", {json_type}); });
    auto expired = client_of(server, test::jwt(R"({"aud":"authenticated","exp":1})"));
    CHECK_THROWS_WITH(expired.positions("0x1"), Catch::Contains("expired"));
    auto foreign = client_of(server, test::jwt(R"({"aud":"elsewhere","exp":4102444800})"));
    CHECK_THROWS_WITH(foreign.positions("0x1"), Catch::Contains("audience"));
    CHECK(server.connections() == 0);
}

TEST_CASE("an exchange that is not ready says so in its answer") {
    const auto body = R"({"ready":false,"markets":[{"market_id":1,"ready":false,"reason":"starting"}]})";
    auto server = ScriptedServer::http([body](const std::string&) { return http_answer(503, body, {json_type}); });
    CHECK(client_of(server).readiness().markets->front().reason == "starting");
}

TEST_CASE("refusals carry the exchange's code and its exit") {
    const auto refused = [](int status, const std::string& code) {
        return error_of(http_answer(status, R"({"error":"words","code":")" + code + R"("})", {json_type}),
                        read_markets);
    };
    CHECK(refused(404, "unknown_market").exit_code() == Exit::not_found);
    CHECK(refused(404, "wallet_not_linked").exit_code() == Exit::not_found);
    CHECK(refused(401, "token_expired").exit_code() == Exit::credentials);
    CHECK(refused(403, "wallet_scope").exit_code() == Exit::credentials);
    CHECK(refused(409, "wallet_linked_elsewhere").exit_code() == Exit::refused);
    CHECK(refused(400, "invalid_message").exit_code() == Exit::refused);
    const auto error = refused(429, "rate_limited");
    CHECK(error.exit_code() == Exit::rate_limited);
    CHECK(error.detail().http_status == 429);
    CHECK(std::string(error.what()) == "markets: words (rate_limited)");
}

TEST_CASE("a 500 on a read is a refusal; 502 to 504 are unreachable; any on a write leaves the outcome unknown") {
    const auto body = R"({"error":"oops","code":"internal"})";
    CHECK(error_of(http_answer(500, body, {json_type}), read_markets).exit_code() == Exit::refused);
    CHECK(error_of(http_answer(502, "<html>"), read_markets).exit_code() == Exit::unreachable);
    CHECK(error_of(http_answer(504), read_markets).exit_code() == Exit::unreachable);
    CHECK(error_of(http_answer(500, body, {json_type}), link_wallet).exit_code() == Exit::outcome_unknown);
    CHECK(error_of(http_answer(503, "<html>"), link_wallet).exit_code() == Exit::outcome_unknown);
}

TEST_CASE("an upstream failure names what the wallet service said") {
    const auto body = R"({"error":"wallet service failed","code":"upstream","upstream_status":418})";
    const auto error = error_of(http_answer(424, body, {json_type}), read_markets);
    CHECK_THAT(error.what(), Catch::Contains("418"));
}

TEST_CASE("a redirect, a page of HTML and a body of the wrong shape are protocol errors that say what came") {
    const auto redirect = error_of(http_answer(302, "", {"Location: http://elsewhere/"}), read_markets);
    CHECK(redirect.exit_code() == Exit::protocol);
    CHECK_THAT(redirect.what(), Catch::Contains("redirects are not followed"));
    const auto page = error_of(http_answer(200, "<html>hello</html>", {"Content-Type: text/html"}), read_markets);
    CHECK(page.exit_code() == Exit::protocol);
    CHECK_THAT(page.what(), Catch::Contains("HTTP 200, text/html: <html>hello"));
    const auto shape = error_of(http_answer(200, R"([{"market_id":1}])", {json_type}), read_markets);
    CHECK(shape.exit_code() == Exit::protocol);
    CHECK_THAT(shape.what(), Catch::Contains("MarketResponse: [0].symbol: missing"));
}

} // namespace omen::rest_client_test
