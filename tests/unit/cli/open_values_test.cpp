// Commands against an exchange whose messages lack what is not essential, have values that are not known here, and
// integers for ids: each copes, and shows what there is.

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/cli_run.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_directory.hpp"
#include "support/tokens.hpp"

#include <map>

namespace omen::open_values_test {

using Catch::Contains;
using test::Ran;
using test::ScriptedConnection;
using test::ScriptedServer;
using Texts = std::vector<std::string>;

namespace {

std::string with_id(std::string json, const std::string& id) {
    const auto at = json.find("ID");
    if (at != std::string::npos) json.replace(at, 2, id);
    return json;
}

void send(ScriptedConnection& client, const std::string& json) {
    client.write(wire::json_to_msgpack(json));
}

/// The value of a field of a command, as JSON.
std::string field_of(std::string_view command, std::string_view name) {
    wire::Cursor in(command);
    for (auto left = in.map(); left > 0; --left) {
        const bool found = in.text() == name;
        const auto value = in.skip_raw();
        std::string json;
        if (found) wire::append_msgpack_as_json(json, value);
        if (found) return json;
    }
    return "none";
}

/// What one gateway session answers to the commands of each type, as JSON; ID stands for the command's id.
using Answers = std::map<std::string, Texts>;

ScriptedServer::Script session(Answers answers) {
    answers.insert({"auth", {R"({"type":"authenticated","id":ID})"}});
    return [answers](ScriptedConnection& client) {
        for (;;) {
            const auto command = client.read();
            const auto found = answers.find(std::string(wire::tag_of(command)));
            if (found == answers.end()) continue;
            for (const auto& answer : found->second) send(client, with_id(answer, field_of(command, "id")));
        }
    };
}

const std::string authenticated_0x1 = R"({"type":"authenticated","id":ID,"wallet":"0x1"})";

const std::string bare_market = R"([{"market_id":2,"symbol":"ETH-PERP"}])";

/// REST: what each path (its beginning) answers; /api/v1/markets has one market of which little is said.
ScriptedServer rest(std::map<std::string, std::string> bodies = {}) {
    bodies.insert({"/api/v1/markets", bare_market});
    return ScriptedServer::http([bodies](const std::string& request) {
        for (const auto& [path, body] : bodies)
            if (request.find(" " + path) != std::string::npos)
                return test::http_answer(200, body, {"Content-Type: application/json"});
        return test::http_answer(404, R"({"code":"not_found"})", {"Content-Type: application/json"});
    });
}

Ran run(const Texts& words, const ScriptedServer& socket, const ScriptedServer& rest,
        const std::string& directory = "/nonexistent") {
    const auto url = "ws://127.0.0.1:" + std::to_string(socket.url().port) + "/";
    return test::run_cli(words, {{"OMENCTL_REST_URL", rest.http_url("")},
                                 {"OMENCTL_MARKET_DATA_URL", url},
                                 {"OMENCTL_GATEWAY_URL", url},
                                 {"OMENCTL_TOKEN", test::good_token().secret()},
                                 {"XDG_CONFIG_HOME", directory},
                                 {"XDG_STATE_HOME", directory},
                                 {"XDG_CACHE_HOME", directory}});
}

Ran run(const Texts& words, Answers answers) {
    const ScriptedServer server(session(std::move(answers)));
    return run(words, server, rest());
}

Ran ask_rest(const Texts& words, std::map<std::string, std::string> bodies) {
    const ScriptedServer nobody([](ScriptedConnection&) {});
    return run(words, nobody, rest(std::move(bodies)));
}

const std::string stop_order = R"({"order_id":77,"market_id":2,"side":"buy","order_type":"stop_limit",)"
                               R"("size":"2000000000000000000","filled_size":0,"status":"armed"})";

std::string execution(int sequence, const std::string& event, const std::string& status, const std::string& more = "") {
    return R"({"type":"execution","sequence":)" + std::to_string(sequence) + R"(,"event":")" + event +
           R"(","order":{"order_id":77,"client_order_id":"c-1","size":"2000000000000000000",)"
           R"("filled_size":"1000000000000000000","status":")" +
           status + R"("})" + more + "}";
}

/// A drop-copy with an event that is not known, one of no order, and a fill.
Answers drop_copy_answers() {
    return {{"subscribe",
             {R"({"type":"subscribed","id":ID,"sequence":"4"})", execution(1, "accepted", "open"),
              execution(2, "busted", "reviewed"),
              R"({"type":"execution","sequence":3,"event":"funding","market_id":2,"amount":"-1000000000000000000"})",
              execution(4, "filled", "partially_filled", R"(,"trade_id":900,"liquidity":"auction")")}}};
}

} // namespace

TEST_CASE("orders shows an order of a type and status that are not known, with the id as it came") {
    const Answers answers{{"get_orders", {R"({"type":"orders","id":ID,"orders":[)" + stop_order + "]}"}}};
    const auto json = run({"orders", "-o", "ndjson"}, answers);
    CHECK(json.exit == 0);
    CHECK(json.out == R"({"symbol":"ETH-PERP","order_id":77,"market_id":2,"side":"buy","order_type":"stop_limit",)"
                      R"("size":"2","filled_size":"0","status":"armed"})"
                      "\n");
    const auto csv =
        run({"orders", "-o", "csv", "--fields", "order_id,client_order_id,price,order_type,status"}, answers);
    CHECK(csv.out == "order_id,client_order_id,price,order_type,status\n77,,,stop_limit,armed\n");
    CHECK_THAT(run({"orders"}, answers).out, Contains("armed"));
}

TEST_CASE("fills goes past events that are not known, and shows fills without what they lack") {
    const auto ran = run({"fills", "-o", "ndjson"}, drop_copy_answers());
    CHECK(ran.exit == 0);
    CHECK(ran.out == R"({"sequence":4,"order_id":77,"client_order_id":"c-1","liquidity":"auction","trade_id":900})"
                     "\n");
}

TEST_CASE("a drop-copy goes past events that are not known, and its cursor too") {
    const test::TemporaryDirectory directory;
    const auto cursor = directory.path("cursor");
    auto answers = drop_copy_answers();
    answers.insert({"auth", {R"({"type":"authenticated","id":ID,"wallet":"0x1"})"}});
    const auto ran = run({"stream", "drop-copy", "--cursor", cursor, "--from-sequence", "1", "--until-caught-up", "-o",
                          "csv", "--fields", "sequence,event,symbol,order_id,size,status"},
                         answers);
    CHECK(ran.exit == 0);
    CHECK(ran.lines() == Texts{"sequence,event,symbol,order_id,size,status", "1,accepted,,77,2,open",
                               "2,busted,,77,2,reviewed", "3,funding,ETH-PERP,,-1,",
                               "4,filled,,77,2,partially_filled"});
    const ScriptedServer later([](ScriptedConnection& client) {
        send(client, with_id(R"({"type":"authenticated","id":ID,"wallet":"0x1"})", field_of(client.read(), "id")));
        const auto subscribe = client.read();
        CHECK(field_of(subscribe, "from_sequence") == "5");
        send(client, with_id(R"({"type":"subscribed","id":ID,"sequence":4})", field_of(subscribe, "id")));
        client.wait_until_closed();
    });
    CHECK(run({"stream", "drop-copy", "--cursor", cursor, "--until-caught-up"}, later, rest()).exit == 0);
}

TEST_CASE("--wait goes past an event and a status that are not known, to the order's end") {
    const auto ran =
        run({"order", "2", "buy", "2", "--price", "100", "--wait", "filled", "--no-journal", "-o", "ndjson"},
            {{"subscribe", {R"({"type":"subscribed","id":ID,"sequence":1})"}},
             {"order",
              {R"({"type":"order_accepted","id":ID,"order_id":77})", execution(2, "busted", "reviewed"),
               R"({"type":"execution","sequence":3,"event":"filled","order":{"order_id":"77",)"
               R"("size":"2000000000000000000","filled_size":"2000000000000000000","status":"filled"}})"}}});
    CHECK(ran.err == "");
    CHECK(ran.exit == 0);
    CHECK_THAT(ran.out, Contains(R"("status":"filled")") && Contains(R"("filled_size":"2")"));
}

TEST_CASE("an order that was placed, of which the exchange says no more, is shown without status and fills") {
    const auto ran =
        run({"order", "2", "buy", "2", "--price", "100", "--client-id", "c-1", "--no-journal", "-o", "ndjson"},
            {{"order", {R"({"type":"order_accepted","id":"ID","order_id":77})"}}});
    CHECK(ran.exit == 0);
    CHECK(ran.out == R"({"symbol":"2","order_id":77,"client_order_id":"c-1","market_id":2,"side":"buy",)"
                     R"("order_type":"limit","price":"100","size":"2","time_in_force":"gtc","post_only":false,)"
                     R"("reduce_only":false})"
                     "\n");
}

TEST_CASE("an order that can't rest, of which the answer does not say what was filled, is looked up") {
    const ScriptedServer server(std::vector<ScriptedServer::Script>{
        session({{"auth", {authenticated_0x1}},
                 {"subscribe", {R"({"type":"subscribed","id":ID,"sequence":0})"}},
                 {"order", {R"({"type":"order_accepted","id":ID,"order_id":77,"status":"filled"})"}}}),
        session({{"auth", {authenticated_0x1}},
                 {"get_orders", {R"({"type":"orders","id":ID,"orders":[]})"}},
                 {"subscribe",
                  {R"({"type":"subscribed","id":ID,"sequence":1})", execution(1, "accepted", "cancelled")}}})});
    const auto ran =
        run({"order", "2", "buy", "2", "--at-market", "--client-id", "c-1", "--no-journal", "-o", "ndjson"}, server,
            rest());
    CHECK(ran.exit == 0);
    CHECK_THAT(ran.out, Contains(R"("filled_size":"1")") && Contains(R"("status":"cancelled")"));
    CHECK_THAT(ran.err, Contains("looked up"));
}

TEST_CASE("an order needs the lot size of a market that was found by name") {
    const ScriptedServer nobody([](ScriptedConnection&) {});
    const auto ran = run({"order", "ETH-PERP", "buy", "2", "--at-market"}, nobody, rest());
    CHECK(ran.exit == 11);
    CHECK_THAT(ran.err, Contains("ETH-PERP") && Contains("lot_size"));
    CHECK(nobody.connections() == 0);
}

TEST_CASE("an id that came as an integer is sent back as one") {
    const test::TemporaryDirectory directory;
    const auto file =
        directory.write("lines", "{\"op\":\"cancel\",\"order_id\":77}\n{\"op\":\"cancel\",\"order_id\":\"78\"}\n");
    Texts sent;
    ScriptedServer server([&](ScriptedConnection& client) {
        send(client, with_id(R"({"type":"authenticated","id":ID})", field_of(client.read(), "id")));
        while (sent.size() < 2) {
            const auto command = client.read();
            if (wire::tag_of(command) != "cancel") continue;
            sent.push_back(field_of(command, "order_id"));
            send(client, with_id(R"({"type":"cancel_accepted","id":ID,"order_id":)" + sent.back() + "}",
                                 field_of(command, "id")));
        }
        client.wait_until_closed();
    });
    const auto ran = run({"batch", file, "--no-journal", "-o", "ndjson"}, server, rest());
    server.finish();
    CHECK(ran.exit == 0);
    CHECK(sent == Texts{"77", "\"78\""});
    CHECK(ran.lines().at(0) == R"({"line":1,"op":"cancel","result":"done","order_id":77})");
}

TEST_CASE("an error without a code leaves the outcome of a write open, a rejection refuses it") {
    const auto rejected =
        run({"cancel", "o-1", "--no-journal"}, {{"cancel", {R"({"type":"cancel_rejected","id":ID,"message":"no"})"}}});
    CHECK(rejected.exit == 5);
    CHECK(rejected.err == "omenctl: cancel o-1: no\n");
    const ScriptedServer server(std::vector<ScriptedServer::Script>{
        session({{"auth", {authenticated_0x1}},
                 {"subscribe", {R"({"type":"subscribed","id":ID,"sequence":0})"}},
                 {"cancel", {R"({"type":"error","id":ID,"message":"oops"})"}}}),
        session({{"auth", {authenticated_0x1}},
                 {"get_orders", {R"({"type":"orders","id":ID,"orders":[]})"}},
                 {"subscribe",
                  {R"({"type":"subscribed","id":ID,"sequence":1})", execution(1, "cancelled", "cancelled")}}})});
    CHECK(run({"cancel", "77", "--no-journal"}, server, rest()).exit == 0);
}

TEST_CASE("account, positions and their like show what there is") {
    const Answers answers{{"get_balance", {R"({"type":"balance","id":ID,"total":"1000000000000000000"})"}},
                          {"get_pnl", {R"({"type":"pnl","id":ID,"fees":0})"}}};
    CHECK(run({"account", "-o", "ndjson"}, answers).out ==
          "{\"balance\":{\"total\":\"1\"},\"pnl\":{\"fees\":\"0\"}}\n");
    CHECK(run({"account", "-o", "csv", "--fields", "wallet,total,fees,funding"}, answers).out ==
          "wallet,total,fees,funding\n,1,0,\n");
    const auto closed =
        run({"close", "--all", "--no-journal"},
            {{"get_positions",
              {R"({"type":"positions","id":ID,"positions":[{"market_id":2,"side":"both","size":"1"}]})"}}});
    CHECK(closed.exit == 11);
    CHECK_THAT(closed.err, Contains("\"both\""));
}

TEST_CASE("what REST does not say is left out of JSON and blank in tables") {
    CHECK(ask_rest({"markets", "-o", "ndjson"}, {}).out == "{\"market_id\":2,\"symbol\":\"ETH-PERP\"}\n");
    const auto table = ask_rest({"markets"}, {});
    CHECK(table.lines().at(1) == "        2  ETH-PERP");
    CHECK(ask_rest({"trades", "ETH-PERP", "-o", "ndjson"},
                   {{"/api/v1/trades/", R"([{"trade_id":5,"price":"1","size":"2","side":"auction"}])"}})
              .out == "{\"symbol\":\"ETH-PERP\",\"trade_id\":5,\"price\":\"0.000000000000000001\","
                      "\"size\":\"0.000000000000000002\",\"side\":\"auction\"}\n");
    CHECK(
        ask_rest({"ticker", "ETH-PERP", "-o", "ndjson"}, {{"/api/v1/ticker/", R"({"market_id":2,"index_price":"0"})"}})
            .out == "{\"symbol\":\"ETH-PERP\",\"market_id\":2,\"index_price\":\"0\"}\n");
    CHECK(ask_rest({"book", "ETH-PERP"},
                   {{"/api/v1/orderbook/", R"({"market_id":2,"sequence":"7","bids":[],"asks":[]})"}})
              .lines()
              .at(0) == "ETH-PERP  sequence 7");
    CHECK(
        ask_rest({"risk", "bad-debt", "-o", "ndjson"}, {{"/api/v1/risk/bad-debt", R"({"insurance_fund":"0"})"}}).out ==
        "{\"insurance_fund\":\"0\"}\n");
    CHECK(ask_rest({"wallet", "show", "-o", "ndjson"}, {{"/api/v1/wallet", R"({"wallet":"0x1","linked_at":null})"}})
              .out == "{\"wallet\":\"0x1\"}\n");
    const auto refused = ask_rest({"candles", "ETH-PERP"}, {});
    CHECK(refused.exit == 6);
    CHECK_THAT(refused.err, Contains("not_found"));
}

TEST_CASE("an essential field that is missing is an error that names it") {
    const auto ran = ask_rest({"ticker", "ETH-PERP"}, {{"/api/v1/ticker/", R"({"market_id":2,"timestamp":1})"}});
    CHECK(ran.exit == 11);
    CHECK_THAT(ran.err,
               Contains("TickerResponse: last_price or mark_price or index_price or best_bid or best_ask: missing"));
    const auto orders = run({"orders"}, {{"get_orders", {R"({"type":"orders","id":ID})"}}});
    CHECK(orders.exit == 11);
    CHECK_THAT(orders.err, Contains("orders: orders: missing"));
}

TEST_CASE("streams show events without what they lack") {
    const ScriptedServer server([](ScriptedConnection& client) {
        const auto channel = wire::decode<md::Subscribe>(client.read()).channel;
        send(client, "[\"subscribed\",\"" + channel + "\"]");
        send(client, R"(["trades_snapshot",2,[[1,null,"1","1"]]])");
        send(client, R"(["trade",null,6,null,"1000000000000000000","2000000000000000000","auction"])");
        send(client, R"(["trade",2,null,null,"1000000000000000000","2000000000000000000"])");
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "trades", "ETH-PERP", "--count", "2", "-o", "ndjson"}, server, rest());
    CHECK(ran.lines() ==
          Texts{R"({"type":"trade","symbol":"ETH-PERP","trade_id":6,"price":"1","size":"2","side":"auction"})",
                R"({"type":"trade","symbol":"ETH-PERP","market_id":2,"price":"1","size":"2"})"});
    CHECK(run({"stream", "trades", "ETH-PERP", "--count", "2", "-o", "csv"}, server, rest()).lines().at(1) ==
          "trade,,ETH-PERP,auction,1,2,6,");
}

} // namespace omen::open_values_test
