// The configuration file: what it may say, and what is said of what it must not.

#include "client/settings/config.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "support/variables.hpp"

namespace omen::config_test {

using namespace omen::literals;

namespace {

Config parse(const std::string& text) {
    return parse_config(text, "/home/u/config.toml");
}

/// "message; hint" of the refusal.
std::string refusal(const std::string& text) {
    try {
        parse(text);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return std::string(error.what()) + (error.detail().hint.empty() ? "" : "; " + error.detail().hint);
    }
    return "accepted";
}

const std::string endpoints = "rest = \"http://localhost:1\"\ngateway = \"ws://localhost:2\"\n"
                              "market_data = \"ws://localhost:3\"\n";

} // namespace

TEST_CASE("every key of a profile is read as what it is, and knows its line") {
    const auto config = parse("[profile.paper]\nenv = \"test\"\noutput = \"ndjson\"\nraw = true\ntimeout = \"5s\"\n"
                              "color = \"never\"\nconfirm = false\npipeline = false\nmax_order_notional = 50000\n"
                              "max_order_size = \"0.5\"\nallowed_markets = [\"BTC-PERP\", \"2\"]\n");
    const auto& profile = config.profiles.at(0);
    CHECK(profile.name == "paper");
    CHECK(profile.environment->value == "test");
    CHECK(profile.output->value == Format::ndjson);
    CHECK(profile.raw->value);
    CHECK(profile.timeout->value == Milliseconds(5000));
    CHECK(profile.colour->value == ColourChoice::never);
    CHECK_FALSE(profile.confirm->value);
    CHECK_FALSE(profile.pipeline->value);
    CHECK(profile.max_order_notional->value == 50000_d);
    CHECK(profile.max_order_size->value == 0.5_d);
    CHECK(profile.allowed_markets->value == std::vector<std::string>{"BTC-PERP", "2"});
    CHECK(profile.max_order_size->origin == "profile paper (config.toml:10)");
}

TEST_CASE("an environment has three endpoints and a token; a relative token file is beside the configuration") {
    const auto config = parse("[env.box]\n" + endpoints + "token_file = \"box.token\"\n");
    const auto& table = config.environments.at(0);
    CHECK(table.rest->value.port == 1);
    CHECK(table.market_data->value.port == 3);
    CHECK(table.token_file->value == "/home/u/box.token");
    CHECK(table.token_file->origin == "env box (config.toml:5)");
    CHECK(parse("[env.test]\ntoken_file = \"~/t\"").environments.at(0).token_file->value == "~/t");
}

TEST_CASE("a built-in environment may be extended by single keys") {
    CHECK(parse("[env.test]\ntoken_command = [\"pass\", \"omen\"]").environments.at(0).token_command->value.size() ==
          2);
}

TEST_CASE("an unknown key is refused with file, line and what was meant") {
    const std::string file = "config /home/u/config.toml:";
    CHECK(refusal("[profile.p]\nouput = \"json\"") == file + "2: unknown key \"ouput\"; did you mean \"output\"?");
    CHECK(refusal("\n[env.test]\ntoken = \"x\"") == file + "3: unknown key \"token\"; did you mean \"token_file\"?");
    CHECK(refusal("default_profil = \"p\"") ==
          file + "1: unknown key \"default_profil\"; did you mean \"default_profile\"?");
    CHECK(refusal("[profiles.p]") == file + "1: unknown key \"profiles\"; did you mean \"profile\"?");
    CHECK(refusal("zzzzzzzz = 1") == file + "1: unknown key \"zzzzzzzz\"");
}

TEST_CASE("a value of the wrong type is refused with file, line and what it must be") {
    const auto of = [](const std::string& key) { return refusal("[profile.p]\n" + key); };
    CHECK_THAT(of("raw = \"yes\""), Catch::EndsWith(":2: raw must be true or false"));
    CHECK_THAT(of("output = 1"), Catch::EndsWith(":2: output must be a string, and not empty"));
    CHECK_THAT(of("env = \"\""), Catch::EndsWith(":2: env must be a string, and not empty"));
    CHECK_THAT(of("timeout = true"), Catch::Contains("timeout must be a string, like \"10s\""));
    CHECK_THAT(of("allowed_markets = \"BTC-PERP\""), Catch::EndsWith("allowed_markets must be an array of strings"));
    CHECK_THAT(of("allowed_markets = [1]"), Catch::Contains("allowed_markets[] must be a string"));
    CHECK_THAT(refusal("[profile]\noutput = \"json\""), Catch::Contains("[profile] has no keys of its own"));
    CHECK_THAT(refusal("env = \"test\""), Catch::Contains("env must be tables, like [env.NAME]"));
}

TEST_CASE("an amount with a point must be a string, so that it never passes through binary floating point") {
    CHECK_THAT(refusal("[profile.p]\nmax_order_size = 0.1"), Catch::Contains(":2: max_order_size must be a string"));
}

TEST_CASE("a bad value is refused with file and line") {
    const auto of = [](const std::string& key) { return refusal("[profile.p]\n" + key); };
    CHECK_THAT(of("output = \"xml\""), Catch::EndsWith(":2: output: \"xml\" is not one of table, json, ndjson, csv"));
    CHECK_THAT(of("timeout = \"soon\""), Catch::Contains(":2: timeout: \"soon\" is not a duration"));
    CHECK_THAT(of("max_order_size = \"-1\""), Catch::Contains(":2: max_order_size: \"-1\" is not above zero"));
    CHECK_THAT(of("max_order_notional = 0"), Catch::Contains("is not above zero"));
    CHECK_THAT(of("max_order_notional = \"1e3\""), Catch::Contains(":2: max_order_notional: \"1e3\""));
}

TEST_CASE("an environment's URLs must be whole and of the right kind") {
    CHECK_THAT(refusal("[env.box]\n" + endpoints.substr(0, endpoints.find("market"))),
               Catch::Contains("lacks rest, gateway"));
    CHECK_THAT(refusal("[env.test]\nrest = \"wss://x\""),
               Catch::EndsWith(":2: rest must be an http:// or https:// URL"));
    CHECK_THAT(refusal("[env.test]\ngateway = \"https://x\""),
               Catch::EndsWith("gateway must be a ws:// or wss:// URL"));
    CHECK_THAT(refusal("[env.test]\nrest = \"localhost\""), Catch::Contains(":2: rest: URL 'localhost'"));
    CHECK_THAT(refusal("[env.test]\ntoken_file = \"a\"\ntoken_command = [\"b\"]"), Catch::Contains("choose one"));
    CHECK_THAT(refusal("[env.test]\ntoken_command = []"), Catch::Contains("names no program"));
}

TEST_CASE("broken TOML is refused with file and line") {
    CHECK_THAT(refusal("[profile.p]\n\nraw = tru"), Catch::StartsWith("config /home/u/config.toml:3: "));
    CHECK_THAT(refusal("[profile.p]\nraw = true\nraw = false"), Catch::StartsWith("config /home/u/config.toml:3: "));
    CHECK_THAT(refusal("a = \"\xff\""), Catch::StartsWith("config /home/u/config.toml:1: "));
}

TEST_CASE("what confuses the TOML library is refused, too") {
    CHECK_THAT(refusal("[\v"), Catch::StartsWith("config /home/u/config.toml: not TOML"));
    for (const auto* letter : {"é", "ѣ", "ㄱ"})
        CHECK_THAT(refusal(std::string("[profile.p]\n") + letter + " = 1"),
                   Catch::StartsWith("config /home/u/config.toml:2: "));
}

TEST_CASE("a profile that is chosen by the name of the tables is told the right key") {
    CHECK_THAT(refusal("profile = \"paper\""), Catch::EndsWith("; choose one with default_profile = \"NAME\""));
    CHECK_THAT(refusal("profile = \"paper\"\n[profile.paper]"), Catch::Contains("default_profile"));
}

TEST_CASE("the file is where the flag, the variable, or the user's directories say") {
    const auto path = [](Maybe<std::string> flag, std::map<std::string, std::string> values) {
        return config_path(flag, test::variables(std::move(values))).value;
    };
    CHECK(path({}, {}).empty());
    CHECK(path({}, {{"HOME", "/h"}}) == "/h/.config/omenctl/config.toml");
    CHECK(path({}, {{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}) == "/x/omenctl/config.toml");
    CHECK(path({}, {{"HOME", "/h"}, {"XDG_CONFIG_HOME", "relative"}}) == "/h/.config/omenctl/config.toml");
    CHECK(path({}, {{"HOME", "/h"}, {"OMENCTL_CONFIG", "/v"}}) == "/v");
    CHECK(path(Setting<std::string>{"/f", "--config"}, {{"OMENCTL_CONFIG", "/v"}}) == "/f");
}

TEST_CASE("a file that is not there is an empty one, unless it was named") {
    const test::TemporaryDirectory directory;
    CHECK(load_config({directory.path("none.toml")}).profiles.empty());
    CHECK_THROWS_WITH(load_config({directory.path("none.toml"), "--config"}), Catch::Contains("No such file"));
    CHECK_THROWS_WITH(load_config({directory.path()}), Catch::Contains("Is a directory"));
    CHECK(load_config({directory.write("c.toml", "[profile.p]\n"), "--config"}).profiles.size() == 1);
}

TEST_CASE("an unknown profile is refused with what was meant; the one that nobody named may be missing") {
    const auto config = parse("[profile.paper]\n");
    CHECK(find_profile(config, {"paper", "--profile"}).name == "paper");
    CHECK(find_profile(config, {"default"}).name.empty());
    CHECK_THROWS_WITH(find_profile(config, {"papr", "OMENCTL_PROFILE"}), Catch::Contains("(OMENCTL_PROFILE)"));
    CHECK_THROWS_AS(find_profile({}, {"paper", "--profile"}), Error);
}

TEST_CASE("the example is a valid configuration, commented out or not, and has every key") {
    auto text = example_config();
    CHECK(parse(text).profiles.empty());
    text = text.substr(text.find("\n\n"));
    for (auto at = text.find("\n# "); at != std::string::npos; at = text.find("\n# ")) text.erase(at + 1, 2);
    const auto other = text.find("token_command");
    const auto config = parse(text.substr(0, other));
    CHECK(config.default_profile->value == config.profiles.at(0).name);
    CHECK(config.profiles.at(0).max_order_notional);
    CHECK(config.environments.at(0).token_file);
}

} // namespace omen::config_test
