#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/handled_signals.hpp"
#include "support/scripted_server.hpp"
#include "system/signals.hpp"
#include "transport/http.hpp"
#include "transport/url.hpp"

#include <atomic>
#include <signal.h>
#include <stdlib.h>

namespace omen::http_test {

using namespace omen::test;
using namespace std::chrono_literals;

namespace {

Error send_error(const HttpRequest& request, Milliseconds timeout = 5s, Http::Options options = {}) {
    try {
        Http(options).send(request, Deadline::after(timeout));
    } catch (const Error& error) {
        return error;
    }
    throw std::runtime_error("it was answered");
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// Answers with each of these in turn, and counts the requests.
struct InTurn {
    std::vector<std::string> answers;
    std::atomic<std::size_t> requests = 0;

    ScriptedServer server() {
        return ScriptedServer::http(
            [this](const std::string&) { return answers[std::min(requests++, answers.size() - 1)]; });
    }
};

} // namespace

TEST_CASE("an answer comes with its status, content type and body") {
    const auto server = ScriptedServer::http([](const std::string&) { return http_answer(404, R"({"error":"no"})"); });
    const auto response = Http().send({.url = server.http_url("/api")}, Deadline::after(5s));
    CHECK(response.status == 404);
    CHECK(response.content_type == "application/json");
    CHECK(response.body == R"({"error":"no"})");
    CHECK_FALSE(response.retry_after);
}

TEST_CASE("a request says what it wants and who asks") {
    std::string seen;
    const auto server = ScriptedServer::http([&](const std::string& request) {
        seen = request;
        return http_answer(200);
    });
    Http().send({.url = server.http_url("/api/v1/trades/7?limit=5"), .bearer = "omn_key"}, Deadline::after(5s));
    CHECK(seen.starts_with("GET /api/v1/trades/7?limit=5 HTTP/1.1\r\n"));
    CHECK(contains(seen, "Accept: application/json\r\n"));
    CHECK(contains(seen, "User-Agent: omenctl\r\n"));
    CHECK(contains(seen, "Authorization: Bearer omn_key\r\n"));
    CHECK_FALSE(contains(seen, "Content-Type"));
}

TEST_CASE("a body goes out as JSON") {
    std::string seen;
    const auto server = ScriptedServer::http([&](const std::string& request) {
        seen = request;
        return http_answer(200);
    });
    Http().send({.method = "POST", .url = server.http_url(), .body = R"({"wallet":"0x1"})"}, Deadline::after(5s));
    CHECK(seen.starts_with("POST / HTTP/1.1\r\n"));
    CHECK(contains(seen, "Content-Type: application/json\r\n"));
    CHECK(seen.ends_with("\r\n\r\n{\"wallet\":\"0x1\"}"));
    CHECK_FALSE(contains(seen, "Authorization"));
}

TEST_CASE("DELETE and its empty answer pass") {
    std::string seen;
    const auto server = ScriptedServer::http([&](const std::string& request) {
        seen = request;
        return std::string("HTTP/1.1 204 No Content\r\n\r\n");
    });
    CHECK(Http().send({.method = "DELETE", .url = server.http_url()}, Deadline::after(5s)).status == 204);
    CHECK(seen.starts_with("DELETE / HTTP/1.1\r\n"));
}

TEST_CASE("one connection serves several reads") {
    const auto server = ScriptedServer::http([](const std::string&) { return http_answer(200); });
    Http http;
    for (int i = 0; i < 3; ++i) http.send({.url = server.http_url()}, Deadline::after(5s));
    CHECK(server.connections() == 1);
}

TEST_CASE("a redirect is an answer, not a way to go") {
    InTurn turns{{http_answer(302, "", {"Location: /elsewhere"}), http_answer(200)}};
    const auto server = turns.server();
    CHECK(Http().send({.url = server.http_url()}, Deadline::after(5s)).status == 302);
    CHECK(turns.requests == 1);
}

TEST_CASE("a read is repeated when the exchange is briefly out of order") {
    const auto status = GENERATE(502, 503, 504);
    InTurn turns{{http_answer(status), http_answer(200, "ok")}};
    const auto server = turns.server();
    const auto response = Http({.first_backoff = 1ms}).send({.url = server.http_url()}, Deadline::after(5s));
    CHECK(response.body == "ok");
    CHECK(turns.requests == 2);
}

TEST_CASE("the last answer stands when the retries are used up") {
    InTurn turns{{http_answer(503)}};
    const auto server = turns.server();
    CHECK(Http({.first_backoff = 1ms}).send({.url = server.http_url()}, Deadline::after(5s)).status == 503);
    CHECK(turns.requests == 3);
}

TEST_CASE("other answers are not asked for again") {
    const auto status = GENERATE(400, 404, 429, 500);
    InTurn turns{{http_answer(status)}};
    const auto server = turns.server();
    CHECK(Http({.first_backoff = 1ms}).send({.url = server.http_url()}, Deadline::after(5s)).status == status);
    CHECK(turns.requests == 1);
}

TEST_CASE("a write is never repeated") {
    const auto method = GENERATE("POST", "DELETE");
    InTurn turns{{http_answer(503), http_answer(200)}};
    const auto server = turns.server();
    const HttpRequest request{.method = method, .url = server.http_url()};
    CHECK(Http({.first_backoff = 1ms}).send(request, Deadline::after(5s)).status == 503);
    CHECK(turns.requests == 1);
}

TEST_CASE("a write does not trust a kept connection, which libcurl would repeat it on") {
    std::atomic<int> posts = 0;
    const auto server = ScriptedServer::raw([&](ScriptedConnection& client) {
        client.read_request();
        client.write_raw(http_answer(200));
        if (client.read_request().starts_with("POST")) ++posts;
    });
    Http http;
    http.send({.url = server.http_url()}, Deadline::after(5s));
    http.send({.method = "POST", .url = server.http_url()}, Deadline::after(5s));
    CHECK(server.connections() == 2);
    CHECK(posts == 0);
}

TEST_CASE("Retry-After is waited for") {
    InTurn turns{{http_answer(429, "", {"Retry-After: 1"}), http_answer(200)}};
    const auto server = turns.server();
    const auto started = Clock::now();
    CHECK(Http().send({.url = server.http_url()}, Deadline::after(5s)).status == 200);
    CHECK(Clock::now() - started >= 1s);
}

TEST_CASE("a Retry-After beyond the deadline is handed on at once") {
    InTurn turns{{http_answer(429, "", {"Retry-After: 60"})}};
    const auto server = turns.server();
    const auto response = Http().send({.url = server.http_url()}, Deadline::after(2s));
    CHECK(response.status == 429);
    CHECK(response.retry_after == 60s);
    CHECK(turns.requests == 1);
}

TEST_CASE("a Retry-After that is neither a number of seconds nor a date is none") {
    const auto value = GENERATE("-1", "1.5", "7 s", "soon");
    InTurn turns{{http_answer(429, "", {std::string("Retry-After: ") + value})}};
    const auto server = turns.server();
    CHECK_FALSE(Http().send({.url = server.http_url()}, Deadline::after(5s)).retry_after);
}

TEST_CASE("a refused connection is unreachable, for a write too: nothing was sent") {
    const auto method = GENERATE("GET", "POST");
    const auto authority = "localhost:" + std::to_string(unused_port());
    const auto error = send_error({.method = method, .url = "http://" + authority + "/"}, 5s, {.first_backoff = 1ms});
    CHECK(error.fault() == Fault::unreachable);
    CHECK(error.detail().code == "connect_failed");
    CHECK(std::string(error.what()) == "cannot connect to " + authority + ": connection refused");
}

TEST_CASE("a read whose body does not come in time has timed out") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) {
        client.read_request();
        client.write_raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        client.wait_until_closed();
    });
    const auto error = send_error({.url = server.http_url("/health")}, 100ms);
    CHECK(error.fault() == Fault::unreachable);
    CHECK(error.detail().code == "timed_out");
    CHECK(std::string(error.what()) == "GET " + server.http_url("/health") + ": no answer in time");
}

TEST_CASE("a write whose answer is lost has an unknown outcome") {
    const auto misbehave = GENERATE(0, 1, 2, 3);
    const auto server = ScriptedServer::raw([&](ScriptedConnection& client) {
        client.read_request();
        if (misbehave == 1) client.reset();
        if (misbehave == 2) client.write_raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        if (misbehave == 3) client.wait_until_closed();
    });
    const auto error = send_error({.method = "POST", .url = server.http_url(), .body = "{}"}, 200ms);
    CHECK(error.fault() == Fault::outcome_unknown);
    CHECK(error.detail().code == "answer_lost");
}

TEST_CASE("a read that is cut off is unreachable") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) {
        client.read_request();
        client.write_raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    });
    CHECK(send_error({.url = server.http_url()}).fault() == Fault::unreachable);
}

TEST_CASE("an answer that is no HTTP is a protocol error") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) {
        client.read_request();
        client.write_raw("garbage\r\n\r\n");
    });
    CHECK(send_error({.url = server.http_url()}).fault() == Fault::protocol);
}

TEST_CASE("a body over the limit is a protocol error, one at the limit is not") {
    const auto server =
        ScriptedServer::http([](const std::string&) { return http_answer(200, std::string(1000, 'x')); });
    CHECK(Http({.max_body = 1000}).send({.url = server.http_url()}, Deadline::after(5s)).body.size() == 1000);
    CHECK(send_error({.url = server.http_url()}, 5s, {.max_body = 999}).fault() == Fault::protocol);
}

TEST_CASE("an IPv6 literal is a host like any other") {
    const auto server = ScriptedServer::http([](const std::string&) { return http_answer(200); }, "::1");
    CHECK(contains(server.http_url(), "[::1]"));
    CHECK(Http().send({.url = server.http_url()}, Deadline::after(5s)).status == 200);
}

TEST_CASE("no proxy is used for loopback") {
    const auto server = ScriptedServer::http([](const std::string&) { return http_answer(200); });
    setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(unused_port())).c_str(), 1);
    CHECK(Http().send({.url = server.http_url()}, Deadline::after(5s)).status == 200);
    unsetenv("http_proxy");
}

TEST_CASE("a signal ends the wait for a read's answer") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) {
        client.read_request();
        raise(SIGINT);
        client.wait_until_closed();
    });
    const test::HandledSignals handled;
    CHECK_THROWS_AS(Http().send({.url = server.http_url()}, Deadline::after(5s)), Interrupted);
}

TEST_CASE("a signal while a write is under way leaves its outcome unknown") {
    const auto server = ScriptedServer::raw([](ScriptedConnection& client) {
        client.read_request();
        raise(SIGINT);
        client.wait_until_closed();
    });
    const test::HandledSignals handled;
    CHECK(send_error({.method = "POST", .url = server.http_url()}).fault() == Fault::outcome_unknown);
}

TEST_CASE("only http and https URLs are sent to") {
    CHECK(send_error({.url = "ws://localhost:8080/"}).fault() == Fault::usage);
}

TEST_CASE("a read that came too late for the server is tried again, a write is not") {
    InTurn turns{.answers = {http_answer(408), http_answer(200, "[]")}};
    const auto server = turns.server();
    CHECK(Http({.first_backoff = 1ms}).send({.url = server.http_url()}, Deadline::after(5s)).status == 200);
    turns.requests = 0;
    CHECK(Http({.first_backoff = 1ms}).send({.method = "POST", .url = server.http_url()}, Deadline::after(5s)).status ==
          408);
    CHECK(turns.requests == 1);
}

TEST_CASE("a Retry-After may be a date") {
    const auto retry_after = [](const std::string& value) {
        const auto server =
            ScriptedServer::http([&](const std::string&) { return http_answer(429, {}, {"Retry-After: " + value}); });
        return Http({.retries = 0}).send({.url = server.http_url()}, Deadline::after(5s)).retry_after;
    };
    CHECK(retry_after("Sun, 06 Nov 1994 08:49:37 GMT") == 0ms);
    CHECK(retry_after("Sunday, 06-Nov-94 08:49:37 GMT") == 0ms);
    CHECK(retry_after("Sun Nov  6 08:49:37 1994") == 0ms);
    const auto far = retry_after("Fri, 31 Dec 2999 23:59:59 GMT");
    REQUIRE(far);
    CHECK(*far > std::chrono::hours(24));
    CHECK(retry_after("7") == 7s);
}

} // namespace omen::http_test
