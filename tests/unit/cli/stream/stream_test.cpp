// Streams from the command line on, against an exchange that misbehaves by script.

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/cli_run.hpp"
#include "support/scripted_server.hpp"
#include "support/temporary_directory.hpp"
#include "support/tokens.hpp"
#include "system/files.hpp"

#include <atomic>

namespace omen::stream_test {

using namespace omen::literals;
using test::Ran;
using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

const MarketId eth(2);
const std::string wallet = "0x1";

/// A book whose best bid has the size of its sequence.
md::OrderbookSnapshot book(std::uint64_t sequence) {
    const auto size = Decimal::whole(sequence);
    return {.market_id = eth,
            .sequence = sequence,
            .timestamp = Timestamp{},
            .bids = {{99_d, size}},
            .asks = {{101_d, 1_d}}};
}

md::OrderbookDelta delta(std::uint64_t sequence, std::vector<Level> asks = {}) {
    const auto size = Decimal::whole(sequence);
    return {.market_id = eth,
            .sequence = sequence,
            .timestamp = Timestamp{},
            .bids = {{99_d, size}},
            .asks = std::move(asks)};
}

template <class T> void send(ScriptedConnection& client, const T& message) {
    client.write(wire::encode(message));
}

void confirm(ScriptedConnection& client) {
    send(client, md::Subscribed{wire::decode<md::Subscribe>(client.read()).channel});
}

/// The unsubscribe and subscribe of a client that wants a fresh snapshot.
void confirm_again(ScriptedConnection& client) {
    send(client, md::Unsubscribed{wire::decode<md::Unsubscribe>(client.read()).channel});
    confirm(client);
}

/// REST: one market, and its book at a sequence.
ScriptedServer rest_server(std::function<std::uint64_t()> sequence = [] { return 0; }) {
    return ScriptedServer::http([sequence](const std::string& request) {
        if (request.find("/orderbook/") == std::string::npos) {
            rest::MarketResponse market;
            market.market_id = eth;
            market.symbol = "ETH-PERP";
            return test::http_answer(200, wire::to_json(std::vector{market}), {"Content-Type: application/json"});
        }
        const auto shown = book(sequence());
        return test::http_answer(200,
                                 wire::to_json(rest::OrderbookSnapshotResponse{
                                     shown.market_id, shown.sequence, shown.timestamp, shown.bids, shown.asks}),
                                 {"Content-Type: application/json"});
    });
}

/// Runs a command against scripted servers.
Ran run(const std::vector<std::string>& words, const ScriptedServer& server, const ScriptedServer& rest,
        const std::string& directory = "/nonexistent") {
    const auto url = "ws://127.0.0.1:" + std::to_string(server.url().port) + "/";
    return test::run_cli(words, {{"OMENCTL_REST_URL", rest.http_url("")},
                                 {"OMENCTL_MARKET_DATA_URL", url},
                                 {"OMENCTL_GATEWAY_URL", url},
                                 {"OMENCTL_TOKEN", test::good_token().secret()},
                                 {"XDG_CONFIG_HOME", directory},
                                 {"XDG_CACHE_HOME", directory}});
}

std::vector<std::string> types(const Ran& ran) {
    std::vector<std::string> found;
    for (const auto& line : ran.lines()) {
        const auto begin = line.find("\"type\":\"") + 8;
        found.push_back(line.substr(begin, line.find('"', begin) - begin));
    }
    return found;
}

using Types = std::vector<std::string>;

} // namespace

TEST_CASE("a delta that is missing is a gap in the data, and the book goes on from a fresh snapshot") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        send(client, delta(6));
        send(client, delta(8));
        send(client, delta(9));
        confirm_again(client);
        send(client, book(9));
        send(client, delta(10));
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--count", "5", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"snapshot", "delta", "gap", "resynced", "delta"});
    CHECK_THAT(ran.out, Catch::Contains("\"last_sequence\":6,\"next_sequence\":8"));
}

TEST_CASE("--on-gap fail shows the gap and ends with 11") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        send(client, md::OrderbookGap{eth, 5, 7});
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--on-gap", "fail", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 11);
    CHECK(types(ran) == Types{"snapshot", "gap"});
    CHECK_THAT(ran.err, Catch::Contains("book_gap"));
}

TEST_CASE("a crossed book ends the stream with 11, and is not shown") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        send(client, delta(6, {{98_d, 1_d}}));
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 11);
    CHECK(types(ran) == Types{"snapshot"});
}

TEST_CASE(
    "a snapshot that never comes after a gap is waited for no longer than --timeout, then had by a new connection") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        if (client.number() == 1) send(client, book(9));
        if (client.number() == 0) {
            send(client, book(5));
            send(client, delta(7));
        }
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--count", "5", "--timeout", "300ms", "-o", "ndjson"}, server,
                         rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"snapshot", "gap", "disconnected", "connected", "resynced"});
    CHECK_THAT(ran.out, Catch::Contains("no complete book arrived in time"));
}

TEST_CASE("--snapshot rest pairs a REST snapshot with what the feed has sent since; one too old is asked for again") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        send(client, delta(6));
        send(client, delta(9));
        send(client, delta(10));
        client.wait_until_closed();
    });
    std::atomic<std::uint64_t> asked = 0;
    // The first one is for the beginning; of the next two, the first is from before the gap.
    const auto rest = rest_server([&]() -> std::uint64_t {
        const std::uint64_t sequences[] = {5, 7, 9};
        return sequences[std::min<std::uint64_t>(asked++, 2)];
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--snapshot", "rest", "--until", "bids[0].size = 10", "-o",
                          "ndjson", "--for", "5s"},
                         server, rest);
    CHECK(ran.exit == 0);
    CHECK(types(ran).front() == "snapshot");
    CHECK(types(ran).back() == "resynced");
    CHECK(asked == 3);
}

TEST_CASE("--interval shows the newest book, and never holds back a gap") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        for (const std::uint64_t sequence : {6, 7, 8}) send(client, delta(sequence));
        send(client, md::OrderbookGap{eth, 8, 10});
        confirm_again(client);
        send(client, book(10));
        send(client, delta(11));
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--interval", "300ms", "--count", "3", "-o", "ndjson"}, server,
                         rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"snapshot", "gap", "resynced"});
    CHECK_THAT(ran.lines().back(), Catch::Contains("\"sequence\":11"));
}

TEST_CASE("--top shows a line when the best bid or ask changes, and only then") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        auto deep = delta(6);
        deep.bids = {{90_d, 1_d}};
        send(client, deep);
        send(client, delta(7, {{150_d, 1_d}}));
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "book", "ETH-PERP", "--top", "--count", "2", "-o", "csv"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(ran.out == "type,symbol,sequence,timestamp,side,price,size,reason\n"
                     "snapshot,ETH-PERP,5,0,bid,99,5,\nsnapshot,ETH-PERP,5,0,ask,101,1,\n"
                     "top,ETH-PERP,7,0,bid,99,7,\ntop,ETH-PERP,7,0,ask,101,1,\n");
}

TEST_CASE("a lost connection is made again, in the data; --no-reconnect ends with 10") {
    const auto script = [](ScriptedConnection& client) {
        confirm(client);
        send(client, book(client.number() + 5));
        if (client.number() > 0) client.wait_until_closed();
    };
    const ScriptedServer server(script);
    const auto ran = run({"stream", "book", "ETH-PERP", "--count", "4", "-o", "json"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"snapshot", "disconnected", "connected", "resynced"});

    const ScriptedServer once(script);
    const auto ended = run({"stream", "book", "ETH-PERP", "--no-reconnect", "-o", "json"}, once, rest_server());
    CHECK(ended.exit == 10);
    CHECK(types(ended) == Types{"snapshot"});
}

TEST_CASE("trades of the time without a connection are shown, as far as the feed still tells them, and none twice") {
    const auto trade = [](int n) {
        return md::PastTrade{TradeId{"t-" + std::to_string(n)}, Timestamp{1000 + n}, 1_d, 1_d, Side::buy};
    };
    const ScriptedServer server([&](ScriptedConnection& client) {
        confirm(client);
        if (client.number() == 0) {
            send(client, md::TradesSnapshot{eth, {trade(1), trade(2)}});
            const auto live = trade(3);
            send(client, md::Trade{eth, live.trade_id, live.timestamp, live.price, live.size, live.side});
            return;
        }
        send(client, md::TradesSnapshot{eth, {trade(2), trade(3), trade(4), trade(5)}});
        client.wait_until_closed();
    });
    const auto ran =
        run({"stream", "trades", "ETH-PERP", "--until", "trade_id = t-5", "-o", "csv", "--fields", "type,trade_id"},
            server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(ran.out == "type,trade_id\ntrade,t-3\ndisconnected,\nconnected,\ntrade,t-4\ntrade,t-5\n");
}

TEST_CASE("bounds hold while there is no connection") {
    const ScriptedServer server([](ScriptedConnection& client) {
        if (client.number() > 0) return;
        confirm(client);
        send(client, book(5));
    });
    const auto timed = run({"stream", "book", "ETH-PERP", "--for", "700ms", "-o", "json"}, server, rest_server());
    CHECK(timed.exit == 0);
    CHECK(types(timed) == Types{"snapshot", "disconnected"});
}

namespace {

gw::Execution execution(std::uint64_t sequence) {
    gw::Execution execution;
    execution.wallet = wallet;
    execution.sequence = sequence;
    execution.order = gw::OrderState{
        .order_id = OrderId{"o-1"}, .market_id = MarketId(1), .filled_size = Decimal{}, .status = OrderStatus::open};
    return execution;
}

/// Answers auth and the drop-copy subscription; returns the sequence that was asked for.
std::optional<std::uint64_t> welcome(ScriptedConnection& client, std::uint64_t issued) {
    const auto auth = wire::decode<gw::Auth>(client.read());
    send(client, gw::Authenticated{.id = auth.id,
                                   .account = "default",
                                   .wallet = wallet,
                                   .permissions = std::vector<Open<Permission>>{Permission::read},
                                   .expires_at = Timestamp{4'102'444'800'000}});
    const auto subscribe = wire::decode<gw::Subscribe>(client.read());
    send(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = issued});
    return subscribe.from_sequence;
}

/// Answers the questions about the state behind a gap, with the sequence that it includes where there is one.
void tell_state(ScriptedConnection& client, std::optional<std::uint64_t> sequence) {
    gw::Orders orders;
    orders.id = wire::decode<gw::GetOrders>(client.read()).id;
    orders.sequence = sequence;
    send(client, orders);
    gw::Positions positions;
    positions.id = wire::decode<gw::GetPositions>(client.read()).id;
    send(client, positions);
    gw::Balance balance;
    balance.id = wire::decode<gw::GetBalance>(client.read()).id;
    balance.total = Decimal{};
    send(client, balance);
}

std::vector<std::uint64_t> sequences(const Ran& ran) {
    std::vector<std::uint64_t> found;
    for (const auto& line : ran.lines())
        if (line.find("\"execution\"") != std::string::npos)
            found.push_back(std::stoull(line.substr(line.find("\"sequence\":") + 11)));
    return found;
}

using Sequences = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("an execution that is missing live is asked for on a new session, and written once, in its place") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto from = welcome(client, client.number() == 0 ? 1 : 4);
        if (client.number() == 0) {
            if (from != 1) throw std::runtime_error("not from the beginning");
            for (const std::uint64_t sequence : {1, 2, 4, 5}) send(client, execution(sequence));
        } else {
            for (auto sequence = *from; sequence <= 5; ++sequence) send(client, execution(sequence));
        }
        client.wait_until_closed();
    });
    const auto ran =
        run({"stream", "drop-copy", "--from-sequence", "1", "--count", "5", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(sequences(ran) == Sequences{1, 2, 3, 4, 5});
    server.finish();
}

TEST_CASE("executions that are no longer kept are a gap, then the state with its sequence or null, then what is kept") {
    const test::TemporaryDirectory directory;
    const auto cursor = directory.write("cursor", R"({"environment":"local","wallet":"0x1","sequence":2})");
    const ScriptedServer server([](ScriptedConnection& client) {
        const auto from = welcome(client, 7);
        send(client, gw::DropCopyGap{wallet, *from, 6, 8});
        for (const std::uint64_t sequence : {6, 7}) send(client, execution(sequence));
        tell_state(client, 7);
        client.wait_until_closed();
    });
    const auto ran =
        run({"stream", "drop-copy", "--cursor", cursor, "--until-caught-up", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"gap", "state", "state", "state", "execution", "execution"});
    CHECK_THAT(ran.lines().front(), Catch::Contains("\"requested_sequence\":3,\"oldest_sequence\":6"));
    CHECK_THAT(ran.lines()[1], Catch::Contains("\"state\":\"orders\"") && Catch::Contains("\"sequence\":7"));
    CHECK_THAT(ran.lines()[2], Catch::Contains("\"state\":\"positions\"") && Catch::Contains("\"sequence\":null"));
    CHECK_THAT(read_file(cursor), Catch::Contains("\"sequence\":7"));
}

TEST_CASE("a cursor does not move past a gap whose state was not written") {
    const test::TemporaryDirectory directory;
    const auto cursor = directory.write("cursor", R"({"environment":"local","wallet":"0x1","sequence":2})");
    const ScriptedServer server([](ScriptedConnection& client) {
        const auto from = welcome(client, 7);
        send(client, gw::DropCopyGap{wallet, *from, 6, 8});
        send(client, execution(6));
        client.wait_until_closed();
    });
    const auto failed =
        run({"stream", "drop-copy", "--cursor", cursor, "--on-gap", "fail", "-o", "ndjson"}, server, rest_server());
    CHECK(failed.exit == 11);
    CHECK(types(failed) == Types{"gap"});
    CHECK_THAT(read_file(cursor), Catch::Contains("\"sequence\":2"));
}

TEST_CASE("a connection lost before the state was told: the state is told on the next one") {
    const ScriptedServer server([](ScriptedConnection& client) {
        const auto from = welcome(client, 7);
        if (client.number() == 0) return send(client, gw::DropCopyGap{wallet, *from, 8, 8});
        tell_state(client, std::nullopt);
        send(client, execution(8));
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "drop-copy", "--from-sequence", "1", "--until", "sequence = 8", "-o", "ndjson"},
                         server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(types(ran) == Types{"gap", "disconnected", "connected", "state", "state", "state", "execution"});
}

TEST_CASE("credentials that are refused on reconnecting end the stream with 4") {
    const ScriptedServer server([](ScriptedConnection& client) {
        if (client.number() == 0) {
            welcome(client, 0);
            return send(client, execution(1));
        }
        const auto auth = wire::decode<gw::Auth>(client.read());
        send(client, gw::ErrorReply{auth.id, "token_expired", "the token has expired", {}});
        client.wait_until_closed();
    });
    const auto ran = run({"stream", "drop-copy", "--from-sequence", "1", "-o", "ndjson"}, server, rest_server());
    CHECK(ran.exit == 4);
    CHECK(types(ran) == Types{"execution", "disconnected"});
}

TEST_CASE("the peer's words for a lost connection stay on their line") {
    const ScriptedServer server([](ScriptedConnection& client) {
        welcome(client, 0);
        if (client.number() == 0)
            client.close(1008, "bye\nfor now");
        else
            client.wait_until_closed();
    });
    const auto ran =
        run({"stream", "drop-copy", "--count", "2", "-o", "csv", "--fields", "type,reason"}, server, rest_server());
    CHECK(ran.exit == 0);
    CHECK(ran.lines().size() == 3);
    CHECK_THAT(ran.out, Catch::Contains("bye "));
}

TEST_CASE("a cursor of another wallet, environment, or no cursor at all, ends with 2 before anything is asked for") {
    const test::TemporaryDirectory directory;
    const ScriptedServer server([](ScriptedConnection& client) { welcome(client, 0); });
    for (const std::string text : {R"({"environment":"test","wallet":"0x1","sequence":2})",
                                   R"({"environment":"local","wallet":"0x2","sequence":2})", "rubbish"}) {
        const auto cursor = directory.write("cursor", text);
        const auto ran = run({"stream", "drop-copy", "--cursor", cursor, "-o", "json"}, server, rest_server());
        CHECK(ran.exit == 2);
        CHECK(ran.out.empty());
        CHECK_THAT(ran.err, Catch::Contains("bad_cursor"));
        CHECK(read_file(cursor) == text);
    }
}

TEST_CASE("book --verify finds every level at which the feed and REST differ, and ends with 11") {
    const ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, book(5));
        send(client, delta(6));
        send(client, delta(7, {{102_d, 4_d}}));
        client.wait_until_closed();
    });
    const auto equal = run({"book", "ETH-PERP", "--verify", "-o", "json"}, server, rest_server([] { return 6; }));
    CHECK(equal.exit == 0);
    CHECK_THAT(equal.out, Catch::Contains("\"sequence\": 6"));
    const auto differs = run({"book", "ETH-PERP", "--verify", "-o", "ndjson"}, server, rest_server([] { return 7; }));
    CHECK(differs.exit == 11);
    CHECK(differs.out == "{\"side\":\"ask\",\"price\":\"102\",\"streamed\":\"4\"}\n");
    CHECK_THAT(differs.err, Catch::Contains("book_differs"));
    const auto never = run({"book", "ETH-PERP", "--verify", "--timeout", "400ms", "-o", "ndjson"}, server,
                           rest_server([] { return 3; }));
    CHECK(never.exit == 11);
    CHECK(never.out.empty());
}

} // namespace omen::stream_test
