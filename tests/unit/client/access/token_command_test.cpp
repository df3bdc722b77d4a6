// The program that prints a token: whatever it does, it can't hang us, and what it prints shows up nowhere.

#include "client/access/token_command.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

#include <chrono>
#include <thread>

namespace omen::token_command_test {

using namespace std::chrono_literals;

namespace {

std::string run_shell(const std::string& script, Milliseconds limit = 5s) {
    return run_token_command({"sh", "-c", script}, limit);
}

/// What is said of a script that fails. The script says "secret" wherever it can.
std::string failure(const std::string& script, Milliseconds limit = 5s) {
    try {
        run_shell(script, limit);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::credentials);
        CHECK(error.detail().code == "token_command_failed");
        const auto said = std::string(error.what()) + error.detail().hint;
        CHECK_THAT(said, !Catch::Contains("secret"));
        return error.what();
    }
    return "no failure";
}

} // namespace

TEST_CASE("the one line that a program prints is the token, with or without its line end") {
    CHECK(run_shell("echo omn_secret") == "omn_secret");
    CHECK(run_shell("printf omn_secret") == "omn_secret");
    CHECK(run_shell("printf 'omn_secret\\r\\n'") == "omn_secret");
}

TEST_CASE("no shell comes between: words go to the program as they are") {
    CHECK(run_token_command({"printf", "%s", "$HOME `id` \"*\""}, 5s) == "$HOME `id` \"*\"");
}

TEST_CASE("a program finds its standard input empty") {
    CHECK(run_shell("cat; echo omn_end") == "omn_end");
}

TEST_CASE("a program that prints anything but one line has failed") {
    CHECK_THAT(failure("true"), Catch::Contains("printed nothing"));
    CHECK_THAT(failure("echo"), Catch::Contains("printed nothing"));
    CHECK_THAT(failure("echo secret; echo secret"), Catch::Contains("more than one line"));
    CHECK_THAT(failure("echo; echo secret"), Catch::Contains("more than one line"));
    CHECK_THAT(failure("head -c 1000000 /dev/zero"), Catch::Contains("more than a token"));
}

TEST_CASE("a program that fails has no token, whatever it has printed") {
    CHECK_THAT(failure("echo secret; exit 3"), Catch::Contains("status 3"));
    CHECK_THAT(failure("echo secret; kill -9 $$"), Catch::Contains("signal 9"));
    CHECK_THROWS_WITH(run_token_command({"/no/such/program", "secret"}, 5s),
                      Catch::Contains("No such file") && !Catch::Contains("secret"));
}

TEST_CASE("a program that hangs is killed in time, with what it has started") {
    const test::TemporaryDirectory directory;
    const auto begin = Clock::now();
    CHECK_THAT(failure("echo secret; sh -c 'sleep 1; : >" + directory.path("late") + "' & sleep 60", 200ms),
               Catch::Contains("did not end in time"));
    CHECK(Clock::now() - begin < 900ms);
    std::this_thread::sleep_for(1500ms);
    CHECK_FALSE(std::filesystem::exists(directory.path("late")));
}

TEST_CASE("a program that closes its output and hangs is killed, too") {
    CHECK_THAT(failure("exec >&-; sleep 60", 200ms), Catch::Contains("did not end in time"));
}

TEST_CASE("what a program leaves running does not keep us") {
    const auto begin = Clock::now();
    CHECK(run_shell("sleep 3 & echo omn_secret") == "omn_secret");
    CHECK(Clock::now() - begin < 2s);
}

} // namespace omen::token_command_test
