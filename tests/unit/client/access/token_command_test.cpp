// The program that prints a token: whatever it does, it can't hang us, and what it prints shows up nowhere.

#include "client/access/token_command.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/descriptor.hpp"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

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
    const auto pipe = directory.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const Descriptor alive(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK));
    CHECK_THAT(failure("echo secret; sleep 60 >" + pipe + " & sleep 60", 200ms),
               Catch::Contains("did not end in time"));
    // Its end of the pipe is closed, by nobody but death.
    CHECK(alive.get() >= 0);
    std::array end{pollfd{.fd = alive.get(), .events = POLLIN, .revents = 0}};
    char byte = 0;
    const auto killed = [&] { return ::read(alive.get(), &byte, 1) == 0; };
    CHECK((killed() || (::poll(end.data(), end.size(), 30'000) == 1 && killed())));
}

TEST_CASE("a program that closes its output and hangs is killed, too") {
    CHECK_THAT(failure("exec >&-; sleep 60", 200ms), Catch::Contains("did not end in time"));
}

TEST_CASE("what a program leaves running does not keep us") {
    // Whoever waited for it would say after 5 s that the program did not end in time.
    CHECK(run_shell("sleep 15 & echo omn_secret") == "omn_secret");
}

} // namespace omen::token_command_test
