#include "client/access/token_command.hpp"

#include "core/error.hpp"
#include "system/descriptor.hpp"
#include "system/wait.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
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

/// How the program starts: in a process group of its own, SIGPIPE as usual, stdin empty, stdout in the pipe.
class SpawnPlan {
  public:
    explicit SpawnPlan(int output) {
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    pid_t start(std::vector<std::string> command) const {
        std::vector<char*> arguments;
        for (auto& word : command) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        pid_t pid = 0;
        const int error = ::posix_spawnp(&pid, arguments.front(), &actions_, &attributes_, arguments.data(), environ);
        if (error != 0) fail(command.front() + " can't be started: " + std::strerror(error));
        return pid;
    }

  private:
    posix_spawnattr_t attributes_;
    posix_spawn_file_actions_t actions_;
};

/// A running program; killed with its group if it still runs when its owner goes.
class Program {
  public:
    Program(const std::vector<std::string>& command, int output) : pid_(SpawnPlan(output).start(command)) {}
    ~Program() {
        if (status_) return;
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The status as waitpid() gives it, once it has ended.
    std::optional<int> ended() {
        int status = 0;
        if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
        return status_;
    }

  private:
    pid_t pid_;
    std::optional<int> status_;
};

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
int read_to_end(Program& program, int fd, std::string& output, Deadline deadline) {
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
    Program program(command, pipe.write_end.get());
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
