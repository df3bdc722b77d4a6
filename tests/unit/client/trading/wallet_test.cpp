// Linking a wallet when the answer is lost: the exchange is asked what became of it.

#include "client/trading/wallet.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/scripted_server.hpp"
#include "support/tokens.hpp"

namespace omen::wallet_test {

using test::http_answer;
using test::ScriptedServer;

namespace {

const std::string address = "0x00000000000000000000000000000000000000aB";
const std::string json_type = "Content-Type: application/json";
const std::string not_linked = http_answer(404, R"({"error":"none","code":"wallet_not_linked"})", {json_type});
const std::string failed = http_answer(500, R"({"error":"oops","code":"internal"})", {json_type});

std::string linked(const std::string& wallet) {
    return http_answer(200, R"({"wallet":")" + wallet + R"(","linked_at":5})", {json_type});
}

/// A server that answers writes and the look-up of the wallet with these.
ScriptedServer answering(std::string write, std::string look_up) {
    return ScriptedServer::http(
        [=](const std::string& request) { return request.starts_with("GET") ? look_up : write; });
}

RestClient client_of(const ScriptedServer& server) {
    return RestClient(Url::parse(server.http_url("")),
                      {.deadline = Deadline::after(Milliseconds(3000)), .token = [] { return test::good_token(); }});
}

Exit exit_of_link(const std::string& write, const std::string& look_up) {
    const auto server = answering(write, look_up);
    auto rest = client_of(server);
    try {
        link_wallet(rest, {.wallet = address, .message = {}, .signature = {}});
        return Exit::done;
    } catch (const Error& error) {
        return error.exit_code();
    }
}

Exit exit_of_unlink(const std::string& write, const std::string& look_up) {
    const auto server = answering(write, look_up);
    auto rest = client_of(server);
    try {
        unlink_wallet(rest);
        return Exit::done;
    } catch (const Error& error) {
        return error.exit_code();
    }
}

} // namespace

TEST_CASE("a link whose answer is lost but which is there has happened, whatever the case of its digits") {
    CHECK(exit_of_link(failed, linked("0x00000000000000000000000000000000000000Ab")) == Exit::done);
}

TEST_CASE("a link whose answer is lost and which is not there is unknown, as it may still be on its way") {
    CHECK(exit_of_link(failed, not_linked) == Exit::outcome_unknown);
    CHECK(exit_of_link(failed, linked("0x00000000000000000000000000000000000000cc")) == Exit::outcome_unknown);
}

TEST_CASE("a link of which nothing can be learnt is unknown") {
    CHECK(exit_of_link(failed, failed) == Exit::outcome_unknown);
    const auto nothing_there = http_answer(404, R"({"error":"none","code":"not_found"})", {json_type});
    CHECK(exit_of_link(failed, nothing_there) == Exit::outcome_unknown);
}

TEST_CASE("a refused link is refused, and nothing is asked") {
    CHECK(exit_of_link(http_answer(409, R"({"error":"taken","code":"wallet_linked_elsewhere"})", {json_type}),
                       failed) == Exit::refused);
}

TEST_CASE("an unlink whose answer is lost has happened when nothing is linked any more") {
    CHECK(exit_of_unlink(failed, not_linked) == Exit::done);
    CHECK(exit_of_unlink(failed, linked(address)) == Exit::outcome_unknown);
    CHECK(exit_of_unlink(failed, failed) == Exit::outcome_unknown);
}

} // namespace omen::wallet_test
