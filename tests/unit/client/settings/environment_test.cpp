// Which exchange a command goes to, and which token goes with it.

#include "client/access/credentials.hpp"
#include "client/settings/config.hpp"
#include "client/settings/environment.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "support/variables.hpp"

namespace omen::environment_test {

using test::variables;
using From = TokenSource::From;

namespace {

const auto config = parse_config("[env.box]\nrest = \"http://localhost:1\"\ngateway = \"ws://localhost:2\"\n"
                                 "market_data = \"ws://localhost:3\"\ntoken_file = \"/box.token\"\n"
                                 "[env.bare]\nrest = \"http://localhost:4\"\ngateway = \"ws://localhost:5\"\n"
                                 "market_data = \"ws://localhost:6\"\n"
                                 "[env.test]\ntoken_command = [\"pass\"]\n",
                                 "/c.toml");

const Setting<std::string> flag_box{"box", "--env"};
const Setting<std::string> flag_bare{"bare", "--env"};
const Setting<std::string> variable_box{"box", "OMENCTL_ENV"};
const Setting<std::string> profile_box{"box", "profile p (c.toml:1)"};

std::string rest_of(const EnvironmentChoice& choice, std::map<std::string, std::string> values = {}) {
    return select_environment(choice, variables(std::move(values)), config).rest.text();
}

From token_of(const EnvironmentChoice& choice, std::map<std::string, std::string> values) {
    return choose_token({}, choice, variables(std::move(values)), config).from;
}

const std::map<std::string, std::string> token{{"OMENCTL_TOKEN", "omn_x"}};
const std::map<std::string, std::string> token_and_endpoint{{"OMENCTL_TOKEN", "omn_x"},
                                                            {"OMENCTL_REST_URL", "http://localhost:9"}};

} // namespace

TEST_CASE("the environment is the flag's, else the variable's, else the profile's, else local") {
    CHECK(rest_of({}) == "http://localhost:8083/");
    CHECK(rest_of({.profile = profile_box}) == "http://localhost:1/");
    CHECK(rest_of({.variable = Setting<std::string>{"bare", "OMENCTL_ENV"}, .profile = profile_box}) ==
          "http://localhost:4/");
    CHECK(rest_of({.flag = flag_bare, .variable = variable_box, .profile = profile_box}) == "http://localhost:4/");
}

TEST_CASE("variables move single endpoints, but not those of --env") {
    const std::map<std::string, std::string> moved{{"OMENCTL_REST_URL", "http://localhost:9"}};
    CHECK(rest_of({}, moved) == "http://localhost:9/");
    CHECK(rest_of({.profile = profile_box}, moved) == "http://localhost:9/");
    CHECK(rest_of({.flag = flag_box}, moved) == "http://localhost:1/");
    const auto environment = select_environment({}, variables(moved), config);
    CHECK(environment.rest.origin == "OMENCTL_REST_URL");
    CHECK(environment.gateway.text() == "ws://localhost:8080/");
    CHECK(environment.gateway.origin == "built in");
}

TEST_CASE("an unknown environment and a endpoint of the wrong kind are usage errors") {
    CHECK_THROWS_WITH(rest_of({.flag = Setting<std::string>{"bxo", "--env"}}),
                      "environment \"bxo\" (--env): not known");
    CHECK_THROWS_WITH(rest_of({}, {{"OMENCTL_REST_URL", "ws://localhost"}}), Catch::Contains("wrong scheme"));
}

TEST_CASE("a flag's token goes where the command goes") {
    CHECK(choose_token({.file = "/t"}, {.flag = flag_box}, variables(token), config).file == "/t");
    CHECK(choose_token({.standard_input = true}, {}, variables(token), config).from == From::standard_input);
}

TEST_CASE("OMENCTL_TOKEN goes where variables or the profile lead, before the environment's own") {
    CHECK(token_of({}, token) == From::variable);
    CHECK(token_of({.variable = variable_box}, token) == From::variable);
    CHECK(token_of({.profile = profile_box}, token) == From::variable);
    CHECK(token_of({.profile = profile_box}, token_and_endpoint) == From::variable);
    CHECK(token_of({.flag = flag_box, .variable = variable_box}, token) == From::variable);
}

TEST_CASE("OMENCTL_TOKEN does not follow --env to another exchange") {
    CHECK(token_of({.flag = flag_bare, .variable = variable_box}, token) == From::none);
    CHECK(token_of({.flag = flag_bare, .profile = profile_box}, token) == From::none);
    CHECK(token_of({.flag = flag_bare}, token_and_endpoint) == From::none);
    CHECK(token_of({.flag = flag_box}, token_and_endpoint) == From::file);
}

TEST_CASE("where only --env chooses, the environment's own token comes first, then OMENCTL_TOKEN") {
    CHECK(token_of({.flag = flag_box}, token) == From::file);
    CHECK(token_of({.flag = flag_bare}, token) == From::variable);
}

TEST_CASE("an environment's own token goes to its own endpoints only") {
    CHECK(token_of({.profile = profile_box}, {}) == From::file);
    CHECK(token_of({.profile = Setting<std::string>{"test", "p"}}, {}) == From::command);
    CHECK(token_of({.profile = profile_box}, {{"OMENCTL_GATEWAY_URL", "ws://localhost:9"}}) == From::none);
    CHECK(token_of({.profile = profile_box}, {{"OMENCTL_GATEWAY_URL", "ws://localhost:2"}}) == From::file);
}

TEST_CASE("without a token, it is said what to do") {
    const auto none = choose_token({}, {}, variables({}), config);
    CHECK(none.from == From::none);
    CHECK_THAT(none.hint, Catch::Contains("export OMENCTL_TOKEN=$(omenctl sandbox token)"));
    CHECK_THROWS_WITH(load_token(none, variables({}), Milliseconds(1)), "token: none given");
}

TEST_CASE("a token is read from where it is, and must look like one") {
    const test::TemporaryDirectory directory;
    const auto path = directory.write("token", "omn_x\n");
    const TokenSource file{.from = From::file, .file = path};
    CHECK_THROWS_WITH(load_token(file, variables({}), {}), Catch::Contains("others can read it"));
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    CHECK(load_token(file, variables({}), {}).secret() == "omn_x");
    const TokenSource missing{.from = From::file, .file = directory.path("none")};
    CHECK_THROWS_WITH(load_token(missing, variables({}), {}), Catch::Contains("No such file"));
    const TokenSource variable{.from = From::variable};
    CHECK(load_token(variable, variables(token), {}).secret() == "omn_x");
    CHECK_THROWS_AS(load_token(variable, variables({{"OMENCTL_TOKEN", "a\r\nX: b"}}), {}), Error);
    const TokenSource command{.from = From::command, .command = {"echo", "omn_y"}};
    CHECK(load_token(command, variables({}), Milliseconds(5000)).secret() == "omn_y");
}

TEST_CASE("a token file is found from the home directory") {
    const auto home = parse_config("[env.local]\ntoken_file = \"~/t\"", "/c.toml");
    CHECK(choose_token({}, {}, variables({{"HOME", "/h"}}), home).file == "/h/t");
}

} // namespace omen::environment_test
