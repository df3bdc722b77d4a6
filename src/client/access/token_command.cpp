#include "client/access/token_command.hpp"

#include "core/error.hpp"
#include "system/descriptor.hpp"
#include "system/spawn.hpp"
#include "system/wait.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::size_t longest_output = 65'536;

[[noreturn]] void fail(const std::string& why) {
    throw Error(Fault::credentials, "token_command: " + why,
                {.code = "token_command_failed", .hint = "it must print the token as one line, and exit 0"});
}

struct Pipe {
    Descriptor read_end;
    Descriptor write_end;

    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) fail(std::string("no pipe: ") + std::strerror(errno));
        read_end = Descriptor(ends[0]);
        write_end = Descriptor(ends[1]);
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
};

/// In a group of its own, so that it is killed with all that it has started.
Process start(const std::vector<std::string>& command, int output) try {
    return Process(command, {.without = {"OMENCTL_TOKEN"}, .own_group = true, .empty_input = true, .output = output});
} catch (const std::system_error& error) {
    fail(command.front() + " can't be started: " + error.what());
}

/// Adds what there is to read now. False at the end.
bool drain(int fd, std::string& output) {
    std::array<char, 4096> bytes{};
    for (;;) {
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count > 0) output.append(bytes.data(), static_cast<std::size_t>(count));
        if (output.size() > longest_output) fail("it printed more than a token");
        if (count == 0) return false;
        if (count < 0 && errno != EINTR) return true;
    }
}

/// Reads until the program has ended, not until its output has: something that it left behind may hold that open.
int read_to_end(Process& program, int fd, std::string& output, Deadline deadline) {
    bool open = true;
    for (;;) {
        const auto status = program.ended();
        if (open) open = drain(fd, output);
        if (status) return *status;
        if (deadline.passed()) fail("it did not end in time, and was killed");
        std::array waiting{pollfd{.fd = open ? fd : -1, .events = POLLIN, .revents = 0}};
        wait_for_any(waiting, Deadline::after(Milliseconds(open ? 20 : 1)).earlier(deadline));
    }
}

} // namespace

std::string run_token_command(const std::vector<std::string>& command, Milliseconds limit) {
    const auto deadline = Deadline::after(limit);
    Pipe pipe;
    auto program = start(command, pipe.write_end.get());
    pipe.write_end = Descriptor();
    std::string output;
    const int status = read_to_end(program, pipe.read_end.get(), output, deadline);
    if (WIFSIGNALED(status)) fail("it was ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) fail("it ended with status " + std::to_string(WEXITSTATUS(status)));
    if (output.ends_with('\n')) output.pop_back();
    if (output.ends_with('\r')) output.pop_back();
    if (output.empty()) fail("it printed nothing");
    if (output.find('\n') != std::string::npos) fail("it printed more than one line");
    return output;
}

} // namespace omen
