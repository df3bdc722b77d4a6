#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/descriptor.hpp"
#include "system/files.hpp"
#include "system/spawn.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace omen::spawn_test {

using namespace std::chrono_literals;

namespace {

std::vector<std::string> shell(const std::string& script) {
    return {"sh", "-c", script};
}

int status_of(Process& process) {
    for (;;) {
        if (const auto status = process.ended()) return shell_status(*status);
        siginfo_t any{};
        ::waitid(P_ALL, 0, &any, WEXITED | WNOWAIT);
    }
}

/// What a shell script prints.
std::string printed_by(const std::string& script, Process::Options options) {
    const test::TemporaryDirectory directory;
    const auto path = directory.write("output", "");
    const Descriptor output(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    options.output = output.get();
    Process process(shell(script), options);
    CHECK(status_of(process) == 0);
    return read_file(path);
}

/// Both ends of a pipe that closes when all who write to it have ended.
struct Pipe {
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        read_end = Descriptor(ends[0]);
        write_end = Descriptor(ends[1]);
    }
    bool closes_within(std::chrono::milliseconds limit) const {
        pollfd end{.fd = read_end.get(), .events = 0, .revents = 0};
        return ::poll(&end, 1, static_cast<int>(limit.count())) == 1;
    }

    Descriptor read_end;
    Descriptor write_end;
};

} // namespace

TEST_CASE("a program gets its words as they are, and its status is what a shell shows") {
    Process process({"sh", "-c", "exit $#", "name", "$HOME", "a b"}, {});
    CHECK(status_of(process) == 2);
    CHECK(process.ended().has_value());
    Process killed(shell("kill -9 $$"), {});
    CHECK(status_of(killed) == 128 + SIGKILL);
}

TEST_CASE("a program that can't be started is an error") {
    CHECK_THROWS_WITH(Process({"/no/such/program"}, {}), "No such file or directory");
    CHECK_THROWS_WITH(Process({"/"}, {}), "Permission denied");
}

TEST_CASE("a program's variables are ours, with those given in the place of their namesakes") {
    ::setenv("OMEN_SPAWN_TEST", "ours", 1);
    ::setenv("OMEN_SPAWN_TEST_2", "ours, too", 1);
    const auto script = "echo $OMEN_SPAWN_TEST, $OMEN_SPAWN_TEST_2; env | grep -c ^OMEN_SPAWN_TEST=";
    CHECK(printed_by(script, {}) == "ours, ours, too\n1\n");
    CHECK(printed_by(script, {.variables = {"OMEN_SPAWN_TEST=theirs"}}) == "theirs, ours, too\n1\n");
    ::unsetenv("OMEN_SPAWN_TEST");
    ::unsetenv("OMEN_SPAWN_TEST_2");
}

TEST_CASE("a program's input can be empty") {
    CHECK(printed_by("cat; echo end", {.empty_input = true}) == "end\n");
}

TEST_CASE("a program starts with SIGPIPE as usual, although we ignore it") {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    CHECK(printed_by("sh -c 'kill -PIPE $$; echo ignored'; echo $?", {}) == std::to_string(128 + SIGPIPE) + "\n");
    std::signal(SIGPIPE, before);
}

TEST_CASE("a signal is sent to the program") {
    Process process({"sleep", "60"}, {});
    CHECK_FALSE(process.ended());
    process.send(SIGTERM);
    CHECK(status_of(process) == 128 + SIGTERM);
}

TEST_CASE("a program in a group of its own goes with its owner, and so does all that it has started") {
    Pipe pipe;
    {
        const Process process(shell("sleep 60 & echo started; sleep 60"),
                              {.own_group = true, .output = pipe.write_end.get()});
        pipe.write_end = Descriptor();
        char first = 0;
        REQUIRE(::read(pipe.read_end.get(), &first, 1) == 1);
        CHECK_FALSE(pipe.closes_within(0ms));
    }
    CHECK(pipe.closes_within(10s));
}

} // namespace omen::spawn_test
