// Messages that this program need not know, against a scripted server.

#include "client/session/passthrough.hpp"
#include "core/error.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"
#include "support/scripted_server.hpp"
#include "support/tokens.hpp"

namespace omen::passthrough_test {

using test::accept_auth;
using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

Deadline soon() {
    return Deadline::after(Milliseconds(2000));
}

Exit exit_of(const ScriptedServer& server, const char* json) {
    try {
        call_gateway(server.url(), test::good_token(), json, soon());
        return Exit::done;
    } catch (const Error& error) {
        return error.exit_code();
    }
}

} // namespace

TEST_CASE("a raw command gets an id where it has none, and only its own reply is the answer") {
    std::string seen;
    ScriptedServer server([&](ScriptedConnection& client) {
        accept_auth(client);
        wire::append_msgpack_as_json(seen, client.read());
        client.write(wire::json_to_msgpack(R"({"type":"event"})"));
        client.write(wire::json_to_msgpack(R"({"type":"news","id":2,"big":65000500000000000000000})"));
    });
    CHECK(call_gateway(server.url(), test::good_token(), R"({"type":"new_thing","x":[1,{"y":null}]})", soon()) ==
          R"({"type":"news","id":2,"big":65000500000000000000000})");
    server.finish();
    CHECK(seen == R"({"id":2,"type":"new_thing","x":[1,{"y":null}]})");
}

TEST_CASE("what is no message is not sent") {
    ScriptedServer server([](ScriptedConnection& client) { client.wait_until_closed(); });
    for (const auto* json : {"", "nonsense", "1", "[]", "{}", R"({"id":1})", R"({"type":1})"})
        CHECK(exit_of(server, json) == Exit::usage);
    CHECK(server.connections() == 0);
}

TEST_CASE("a raw command whose answer is lost may have done anything") {
    ScriptedServer server([](ScriptedConnection& client) {
        accept_auth(client);
        client.read();
    });
    CHECK(exit_of(server, R"({"type":"new_thing"})") == Exit::outcome_unknown);
}

TEST_CASE("a raw command whose answer can't be read may have done anything") {
    const auto answer = GENERATE(as<std::string>(), "", "\xc1", "\x82\xa4type", "nonsense");
    ScriptedServer server([&](ScriptedConnection& client) {
        accept_auth(client);
        client.read();
        client.write(answer);
        client.wait_until_closed();
    });
    CHECK(exit_of(server, R"({"type":"new_thing"})") == Exit::outcome_unknown);
}

TEST_CASE("an auth whose answer can't be read ends a raw call before the command is sent") {
    const auto answer = GENERATE(as<std::string>(), "", "\xc1", "\x82\xa2id\x01\xa4type", "\x81\xa2id\xa1x");
    ScriptedServer server([&](ScriptedConnection& client) {
        client.read();
        client.write(answer);
        client.wait_until_closed();
    });
    CHECK(exit_of(server, R"({"type":"new_thing"})") == Exit::protocol);
}

TEST_CASE("a refused auth ends a raw call before the command is sent") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto auth = wire::decode<gw::Auth>(client.read());
        client.write(wire::encode(
            gw::ErrorReply{.id = auth.id, .code = "unauthenticated", .message = "no", .retry_after_ms = {}}));
        client.wait_until_closed();
    });
    CHECK(exit_of(server, R"({"type":"new_thing"})") == Exit::credentials);
}

} // namespace omen::passthrough_test
