#include "protocol/codes.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/rest/control.hpp"
#include "sandbox/rest/http_faults.hpp"
#include "support/catch.hpp"
#include "support/sandbox_servers.hpp"
#include "system/files.hpp"

#include <sstream>

namespace omen::sandbox_faults_test {

using namespace omen::sandbox;
using namespace omen::literals;

namespace {

const OwnNames own_names({}, {"sandbox"});

/// One that the control obeys.
RestRequest good_request() {
    return {.method = "POST",
            .target = "/_sandbox/faults",
            .authorization = "Bearer key",
            .body = R"({"faults":["stall"]})",
            .host = "localhost:8083",
            .origin = {},
            .content_type = "application/json"};
}

/// Servers with a fault, and a trader who is authenticated.
struct Faulty {
    explicit Faulty(const std::string& fault) { servers.faults.add(FaultSpec::parse(fault)); }

    std::size_t open_orders() const { return servers.exchange.orders(wallet).orders.size(); }
    std::vector<std::string> log_lines() const {
        std::vector<std::string> lines;
        std::istringstream text(read_file(servers.state.path("log")));
        for (std::string line; std::getline(text, line);) lines.push_back(line);
        return lines;
    }

    Servers servers;
    RawTrader trader{servers, servers.token()};
};

/// A subscriber to the first market's book, behind its snapshot.
struct Subscriber {
    explicit Subscriber(Servers& servers_in) : servers(servers_in), handler(servers.feed.open(wire)) { subscribe(); }
    void subscribe() {
        handler->on_message(omen::wire::encode(md::Subscribe{.channel = "orderbook:1:0"}), true);
        wire.next<md::Subscribed>();
        last = wire.next<md::OrderbookSnapshot>().sequence;
    }
    /// One more change of the book.
    void change() {
        const auto bids = std::vector<Level>{{50000_d, Decimal::whole(++changes)}};
        servers.exchange.set_house_levels(MarketId(1), bids, {}, servers.clock.exchange());
    }
    std::uint64_t next_delta() { return wire.next<md::OrderbookDelta>().sequence - last; }

    Servers& servers;
    Wire wire;
    std::unique_ptr<SessionHandler> handler;
    std::uint64_t last = 0;
    int changes = 0;
};

RestReply fake(const std::string& fault, bool* obeyed = nullptr) {
    return spoiled(FaultSpec::parse(fault).http, [&] {
        if (obeyed != nullptr) *obeyed = true;
        return RestReply{.body = "right"};
    });
}

} // namespace

TEST_CASE("close, reset and stall come before or after the command, and without an answer") {
    const std::string how = GENERATE("close", "reset", "stall");
    const std::string when = GENERATE("before", "after");
    Faulty faulty(how + "-" + when);
    faulty.trader.command(bid("a"));
    CHECK(faulty.trader.wire.is_empty());
    CHECK(faulty.open_orders() == (when == "after" ? 1 : 0));
    if (how == "close")
        CHECK(faulty.trader.wire.closed == close_code::restart);
    else
        CHECK(faulty.trader.wire.broken == (how == "reset" ? "reset" : "stalled"));
}

TEST_CASE("internal comes in place of the answer, with the command executed or not") {
    const std::string when = GENERATE("before", "after");
    Faulty faulty("internal-" + when);
    const auto error = faulty.trader.ask<gw::ErrorReply>(bid("a"));
    CHECK(error.code == code::internal);
    CHECK(error.id == 5U);
    CHECK(faulty.open_orders() == (when == "after" ? 1 : 0));
}

TEST_CASE("an answer is swallowed, doubled, late, cut or garbage; the command is executed") {
    SECTION("swallow-answer") {
        Faulty faulty("swallow-answer");
        faulty.trader.command(bid("a"));
        CHECK(faulty.trader.wire.is_empty());
        CHECK(faulty.open_orders() == 1);
        CHECK(faulty.trader.ask<gw::OrderAccepted>(bid("b")).client_order_id->value == "b");
    }
    SECTION("duplicate-answer") {
        Faulty faulty("duplicate-answer");
        const auto answer = faulty.trader.ask<gw::OrderAccepted>(bid("a"));
        CHECK(faulty.trader.wire.next<gw::OrderAccepted>().order_id == answer.order_id);
        CHECK(faulty.trader.wire.is_empty());
    }
    SECTION("delay-answers") {
        Faulty faulty("delay-answers:ms=70");
        faulty.trader.command(bid("a"));
        CHECK(faulty.trader.wire.is_empty());
        CHECK(faulty.open_orders() == 1);
        REQUIRE(faulty.trader.wire.late.size() == 1);
        const auto& [delay, act] = faulty.trader.wire.late[0];
        CHECK(delay == Milliseconds(70));
        act();
        CHECK(faulty.trader.wire.next<gw::OrderAccepted>().client_order_id->value == "a");
    }
    SECTION("cut-answer") {
        Faulty faulty("cut-answer");
        faulty.trader.command(bid("a"));
        CHECK(faulty.trader.wire.broken == "cut");
        CHECK(faulty.open_orders() == 1);
    }
    SECTION("garbage-answer") {
        Faulty faulty("garbage-answer");
        faulty.trader.command(bid("a"));
        CHECK_THROWS_AS(faulty.trader.wire.next<gw::OrderAccepted>(), DecodeError);
        CHECK(faulty.open_orders() == 1);
    }
}

TEST_CASE("half-frame-stall: half of the answer is sent, of a command that was executed") {
    Faulty faulty("half-frame-stall");
    faulty.trader.command(bid("a"));
    CHECK(faulty.trader.wire.broken == "stalled within");
    CHECK(faulty.trader.wire.next<gw::OrderAccepted>().client_order_id->value == "a");
    CHECK(faulty.open_orders() == 1);
}

TEST_CASE("a bare end of the stream comes before or after the command, and without an answer") {
    const auto [fault, executed] = GENERATE(table<std::string, bool>({{"fin-before", false}, {"fin", true}}));
    Faulty faulty(fault);
    faulty.trader.command(bid("a"));
    CHECK(faulty.trader.wire.broken == "ended");
    CHECK_FALSE(faulty.trader.wire.closed);
    CHECK(faulty.trader.wire.is_empty());
    CHECK(faulty.open_orders() == (executed ? 1 : 0));
}

TEST_CASE(
    "a command that is delivered behind its session's end is logged when it is executed, though the fault is gone") {
    const std::string fault = GENERATE("late-after-close:ms=70", "late-after-close:ms=70,code=4000", "fin:ms=70");
    Faulty faulty(fault);
    faulty.trader.command(bid("a"));
    CHECK(faulty.trader.wire.broken == (fault.starts_with("fin") ? "ended" : ""));
    if (!fault.starts_with("fin")) CHECK(faulty.trader.wire.closed == (fault.ends_with("4000") ? 4000 : 1001));
    CHECK(faulty.open_orders() == 0);
    CHECK(faulty.log_lines().empty());
    faulty.servers.faults.clear();
    REQUIRE(faulty.trader.wire.late.size() == 1);
    const auto& [delay, act] = faulty.trader.wire.late[0];
    CHECK(delay == Milliseconds(70));
    act();
    CHECK(faulty.open_orders() == 1);
    CHECK(faulty.trader.wire.is_empty());
    const auto lines = faulty.log_lines();
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::Contains(R"("session":1,"executed":true)") && Catch::Contains("order_accepted") &&
                             Catch::Contains(R"("fault":")" + fault + '"'));
}

TEST_CASE("queries are never struck") {
    Faulty faulty("close-before:every=1");
    CHECK(faulty.trader.ask<gw::Orders>(gw::GetOrders{.id = 6}).orders.empty());
    CHECK(faulty.trader.ask<gw::Pong>(gw::Ping{.id = 7}).id == 7);
}

TEST_CASE("the log says what the exchange did, whatever became of the answer") {
    Faulty faulty("close-before");
    faulty.trader.command(bid("lost"));
    RawTrader second(faulty.servers, faulty.servers.token());
    second.command(bid("kept"));
    second.command(bid("kept"));
    RawTrader stranger(faulty.servers);
    stranger.command(gw::CancelAll{.id = 8, .market_id = {}});
    const auto lines = faulty.log_lines();
    REQUIRE(lines.size() == 4);
    CHECK_THAT(
        lines[0],
        Catch::Contains(R"("session":1,"executed":false,"command":{"type":"order","id":5,"client_order_id":"lost")"));
    CHECK_THAT(lines[0], Catch::Contains(R"("fault":"close-before")") && !Catch::Contains("answer"));
    CHECK_THAT(lines[1], Catch::Contains(R"("session":2,"executed":true)") &&
                             Catch::Contains(R"("price":"60000","size":"0.01")") &&
                             Catch::Contains(R"("answer":{"type":"order_accepted")"));
    CHECK_THAT(lines[2], Catch::Contains(R"("executed":true)") && Catch::Contains("duplicate_client_order_id"));
    CHECK_THAT(lines[3], Catch::Contains(R"("session":3,"executed":false)") && Catch::Contains("unauthenticated"));
}

TEST_CASE("a replay has a hole, two executions in the wrong order, or one twice; what comes live has not") {
    using Sequences = std::vector<std::uint64_t>;
    const auto [fault, replayed] = GENERATE(table<std::string, Sequences>({
        {"replay-hole:sequence=3", {2, 4, 5}},
        {"replay-hole:nth=1", {3, 4, 5}},
        {"replay-hole:nth=4", {2, 3, 4}},
        {"replay-reorder:sequence=4", {2, 3, 5, 4}},
        {"replay-reorder", {3, 2, 4, 5}},
        {"replay-reorder:sequence=5", {2, 3, 4, 5}},
        {"replay-double:sequence=5", {2, 3, 4, 5, 5}},
        {"replay-double:sequence=1", {2, 3, 4, 5}},
    }));
    CAPTURE(fault);
    Faulty faulty(fault);
    for (const auto* id : {"a", "b", "c", "d", "e"}) faulty.trader.command(bid(id));
    RawTrader watcher(faulty.servers, faulty.servers.token());
    CHECK(watcher.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "drop_copy", .from_sequence = 2}).sequence ==
          5U);
    for (const auto* id : {"f", "g"}) faulty.trader.command(bid(id));
    Sequences sequences;
    while (!watcher.wire.is_empty()) sequences.push_back(watcher.wire.next<gw::Execution>().sequence);
    auto expected = replayed;
    expected.insert(expected.end(), {6, 7});
    CHECK(sequences == expected);
}

TEST_CASE("a replay that has to wait for its reader is still one, and what is held back in it comes") {
    Faulty faulty("replay-reorder:nth=2,count=1");
    for (const auto* id : {"a", "b", "c"}) faulty.trader.command(bid(id));
    RawTrader watcher(faulty.servers, faulty.servers.token());
    watcher.wire.behind = true;
    watcher.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "drop_copy", .from_sequence = 1});
    CHECK(watcher.wire.is_empty());
    faulty.trader.command(bid("d"));
    watcher.wire.behind = false;
    watcher.handler->on_caught_up();
    for (const std::uint64_t sequence : {1, 3, 2, 4}) CHECK(watcher.wire.next<gw::Execution>().sequence == sequence);
}

TEST_CASE("a gap ends the book until the client subscribes again") {
    Servers servers;
    Subscriber subscriber(servers);
    servers.faults.add(FaultSpec::parse("gap:nth=2"));
    for (int i = 0; i < 3; ++i) subscriber.change();
    CHECK(subscriber.next_delta() == 1);
    const auto gap = subscriber.wire.next<md::OrderbookGap>();
    CHECK(gap.last_sequence == subscriber.last + 1);
    CHECK(gap.next_sequence == subscriber.last + 3);
    CHECK(subscriber.wire.is_empty());
    subscriber.subscribe();
    subscriber.change();
    CHECK(subscriber.next_delta() == 1);
}

TEST_CASE("in a gap-storm a gap ends the book behind each snapshot, as often as told") {
    Servers servers;
    servers.faults.add(FaultSpec::parse("gap-storm:count=2"));
    Subscriber subscriber(servers);
    for (const bool again : {true, false}) {
        const auto gap = subscriber.wire.next<md::OrderbookGap>();
        CHECK(gap.market_id == MarketId(1));
        CHECK(gap.last_sequence == subscriber.last);
        CHECK(gap.next_sequence == subscriber.last + 2);
        subscriber.change();
        CHECK(subscriber.wire.is_empty());
        if (again) subscriber.subscribe();
    }
    subscriber.subscribe();
    subscriber.change();
    CHECK(subscriber.next_delta() == 1);
}

TEST_CASE("deltas are dropped, doubled or swapped") {
    Servers servers;
    Subscriber subscriber(servers);
    const auto after = [&](const std::string& fault) {
        servers.faults.add(FaultSpec::parse(fault + ":nth=2"));
        for (int i = 0; i < 4; ++i) subscriber.change();
        std::vector<std::uint64_t> sequences;
        while (!subscriber.wire.is_empty()) sequences.push_back(subscriber.next_delta());
        return sequences;
    };
    CHECK(after("drop-delta") == std::vector<std::uint64_t>{1, 3, 4});
    servers.faults.clear();
    CHECK(after("duplicate-delta") == std::vector<std::uint64_t>{5, 6, 6, 7, 8});
    servers.faults.clear();
    CHECK(after("reorder-delta") == std::vector<std::uint64_t>{9, 11, 10, 12});
}

TEST_CASE(
    "a delta held back for the next one is sent though the fault is cleared, and forgotten with its subscription") {
    Servers servers;
    Subscriber subscriber(servers);
    servers.faults.add(FaultSpec::parse("reorder-delta:count=2"));
    subscriber.change();
    servers.faults.clear();
    subscriber.change();
    CHECK(subscriber.next_delta() == 2);
    CHECK(subscriber.next_delta() == 1);
    servers.faults.add(FaultSpec::parse("reorder-delta"));
    subscriber.change();
    subscriber.subscribe();
    subscriber.change();
    CHECK(subscriber.next_delta() == 1);
    CHECK(subscriber.wire.is_empty());
}

TEST_CASE("tokens that expire on purpose end what they carried; a new one is good") {
    Servers servers;
    const auto old_token = servers.token();
    RawTrader trader(servers, old_token);
    servers.authority.expire_all(servers.clock.machine());
    servers.gateway.expire_tokens();
    CHECK(trader.ask<gw::ErrorReply>(bid("a")).code == code::token_expired);
    CHECK(trader.ask<gw::ErrorReply>(gw::Auth{.id = 2, .token = old_token}).code == code::token_expired);
    CHECK(servers.rest("GET", "/api/v1/wallet", old_token).status == 401);
    servers.clock.advance(Milliseconds(1));
    const auto fresh = servers.token("alice", std::chrono::hours(1), {Permission::trade});
    CHECK(trader.ask<gw::Authenticated>(gw::Auth{.id = 3, .token = fresh}).account == "alice");
    CHECK(trader.ask<gw::OrderAccepted>(bid("a")).client_order_id->value == "a");
}

TEST_CASE("fewer executions are kept from now on, of new wallets too") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    for (const auto* id : {"a", "b", "c"}) trader.command(bid(id));
    CHECK(servers.exchange.oldest_sequence(wallet) == 1);
    servers.exchange.keep_executions(2);
    CHECK(servers.exchange.oldest_sequence(wallet) == 2);
    CHECK(servers.exchange.replay(wallet, 1).size() == 2);
    servers.exchange.keep_executions(0);
    CHECK(servers.exchange.oldest_sequence(wallet) == servers.exchange.last_sequence(wallet) + 1);
}

TEST_CASE("sequences that are reset begin at 1 with nothing kept; subscribers are told, and orders stay") {
    Servers servers;
    RawTrader trader(servers, servers.token());
    RawTrader watcher(servers, servers.token());
    for (const auto* id : {"a", "b"}) trader.command(bid(id));
    watcher.ask<gw::Subscribed>(gw::Subscribe{.id = 2, .channel = "drop_copy", .from_sequence = {}});
    servers.exchange.reset_sequences();
    servers.gateway.restart_drop_copies();
    const auto gap = watcher.wire.next<gw::DropCopyGap>();
    CHECK(gap.requested_sequence == 3);
    CHECK(gap.oldest_sequence == 1);
    CHECK(gap.next_sequence == 1);
    trader.command(bid("c"));
    CHECK(watcher.wire.next<gw::Execution>().sequence == 1);
    const auto orders = servers.exchange.orders(wallet);
    CHECK(orders.orders.size() == 3);
    CHECK(orders.sequence == 1U);
    CHECK(servers.exchange.replay(wallet, 1).size() == 1);
    CHECK(trader.wire.sent.size() == 4); // who does not follow the drop-copy is told nothing
}

TEST_CASE("an account that is relinked has the new wallet in later sessions; a session keeps the one it found") {
    Servers servers;
    const std::string other = "0x00000000000000000000000000000000000000bb";
    RawTrader early(servers, servers.token());
    early.command(bid("a"));
    servers.exchange.link("alice", other, Timestamp::now());
    servers.exchange.fund(other, Decimal::whole(1000));
    RawTrader late(servers);
    CHECK(late.ask<gw::Authenticated>(gw::Auth{.id = 1, .token = servers.token()}).wallet == other);
    CHECK(late.ask<gw::Orders>(gw::GetOrders{.id = 6}).orders.empty());
    early.wire.next<gw::OrderAccepted>();
    CHECK(early.ask<gw::Orders>(gw::GetOrders{.id = 6}).orders.size() == 1);
    CHECK(early.ask<gw::Authenticated>(gw::Auth{.id = 7, .token = servers.token()}).wallet == wallet);
    servers.exchange.unlink("alice");
    CHECK(early.ask<gw::ErrorReply>(gw::GetOrders{.id = 8}).code == code::wallet_not_linked);
}

TEST_CASE("a REST request is answered by what the fault says") {
    CHECK(fake("http:status=500").status == 500);
    CHECK(wire::decode_json<rest::ErrorResponse>(fake("http:status=503").body).code == code::internal);
    const auto limited = fake("http:status=429,retry-after=3");
    CHECK(wire::decode_json<rest::ErrorResponse>(limited.body).code == code::rate_limited);
    CHECK(limited.retry_after == 3U);
    CHECK(fake("http:body=html").status == 502);
    CHECK(fake("http:body=html,status=200").status == 200);
    CHECK(fake("http:body=html").content_type == "text/html");
    CHECK(fake("http:body=shape").status == 200);
    CHECK(wire::decode_json<rest::ErrorResponse>(fake("http:body=upstream").body).upstream_status == 500U);
    CHECK(fake("http:redirect=/x").status == 302);
    CHECK(fake("http:redirect=/x").location == "/x");
    CHECK(fake("http:slow=5").body == "right");
    CHECK(fake("http:status=204").body.empty());
}

TEST_CASE("a REST request takes effect only where the fault lets it") {
    const auto [fault, takes_effect] = GENERATE(table<std::string, bool>({{"http:status=502", false},
                                                                          {"http:status=502,after", true},
                                                                          {"http:body=html", false},
                                                                          {"http:slow=5", true},
                                                                          {"http:slow=5,status=500", false},
                                                                          {"http:close-before", false},
                                                                          {"http:close-after", true}}));
    bool obeyed = false;
    fake(fault, &obeyed);
    CHECK(obeyed == takes_effect);
}

TEST_CASE("the control switches faults on and off, all of a request or none") {
    FaultPlan plan;
    Control control(plan,
                    {.switch_on = [&](const FaultSpec& fault) { plan.add(fault); },
                     .clear = [&](std::optional<FaultKind> kind) { kind ? plan.clear(*kind) : plan.clear(); },
                     .audit = {}},
                    {.names = own_names, .key = "key"});
    const auto ask = [&](const std::string& method, const std::string& target, const std::string& body = {}) {
        auto request = good_request();
        request.method = method;
        request.target = target;
        request.body = body;
        return control.handle(request, true);
    };
    CHECK(ask("POST", "/_sandbox/faults", R"({"faults":["gap:nth=2","stall"]})").status == 200);
    CHECK(ask("GET", "/_sandbox/faults").body ==
          R"([{"fault":"gap:nth=2","seen":0,"struck":0,"limit":1},{"fault":"stall","seen":0,"struck":0,"limit":1}])");
    CHECK(ask("POST", "/_sandbox/faults", R"({"faults":["restart","nonsense"]})").status == 400);
    CHECK(ask("POST", "/_sandbox/faults", "{").status == 400);
    CHECK(ask("DELETE", "/_sandbox/faults?name=nonsense").status == 400);
    CHECK(plan.list().size() == 2);
    CHECK(ask("DELETE", "/_sandbox/faults?name=gap").status == 200);
    CHECK(plan.list().size() == 1);
    CHECK(ask("DELETE", "/_sandbox/faults").status == 200);
    CHECK(plan.is_empty());
    CHECK(ask("GET", "/_sandbox/nothing").status == 404);
    CHECK(ask("PUT", "/_sandbox/faults").allow == "GET, POST, DELETE");
}

TEST_CASE("the control obeys its own machine only, by its own names, with its key, and no page of another site") {
    FaultPlan plan;
    Control control(plan, {.switch_on = [&](const FaultSpec& fault) { plan.add(fault); }, .clear = {}, .audit = {}},
                    {.names = own_names, .key = "key"});
    const auto status_of = [&](const RestRequest& request, bool from_this_machine = true) {
        return control.handle(request, from_this_machine).status;
    };
    const auto with = [](std::string RestRequest::*member, const std::string& value) {
        auto request = good_request();
        request.*member = value;
        return request;
    };
    CHECK(status_of(good_request(), false) == 403);
    for (const auto* host : {"", "example.com:8083", "localhost.example.com", "127.0.0.1.nip.io", "192.0.2.1"})
        CHECK(status_of(with(&RestRequest::host, host)) == 403);
    for (const auto* origin : {"http://example.com", "null", "https://localhost.example.com:8083", "file://"})
        CHECK(status_of(with(&RestRequest::origin, origin)) == 403);
    for (const auto* key : {"", "key", "Bearer", "Bearer ", "Bearer other", "Basic key"})
        CHECK(status_of(with(&RestRequest::authorization, key)) == 401);
    for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
        CHECK(status_of(with(&RestRequest::content_type, type)) == 415);
    CHECK(plan.is_empty());
    for (const auto* host : {"localhost", "LOCALHOST.:1", "127.0.0.2:8083", "[::1]:8083", "sandbox:8083"})
        CHECK(status_of(with(&RestRequest::host, host)) == 200);
    CHECK(status_of(with(&RestRequest::origin, "http://localhost:3000")) == 200);
    CHECK(status_of(with(&RestRequest::content_type, "Application/JSON; charset=utf-8")) == 200);
}

TEST_CASE("a sandbox's own names are its addresses, and at a wildcard all of its machine's") {
    const OwnNames at_one({"192.0.2.7"}, {});
    CHECK(at_one.admit("192.0.2.7:1", ""));
    CHECK_FALSE(at_one.admit("192.0.2.8:1", ""));
    CHECK(at_one.admit("[::ffff:192.0.2.7]", "http://192.0.2.7"));
    const OwnNames at_all({"0.0.0.0", "::"}, {"exchange"});
    CHECK_FALSE(at_all.admit("192.0.2.7", ""));
    CHECK(at_all.admit("127.0.0.1", "http://Exchange:3000"));
    CHECK_FALSE(at_all.admit("exchange.example.com", ""));
}

} // namespace omen::sandbox_faults_test
