// bench_measure ROUNDS (-- LABEL [exit=CODE] [NAME=VALUE...] COMMAND [ARGUMENT...])...
//
// Runs all commands once a round, so that what disturbs the machine disturbs them alike, and in an order shuffled anew,
// as each leaves the caches to the next one. Prints a line for each: its label, the median of its wall times in
// nanoseconds, and its largest resident memory in kB. Their output goes to /dev/null. One that ends otherwise than it
// should, 0 by default, ends the measurement with 1, and what it said on stderr is shown.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <random>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

constexpr unsigned longest = 120; ///< seconds that a command may take

struct Command {
    std::string label;
    int expected = 0;
    std::vector<char*> environment;
    std::vector<char*> words;
    std::vector<long long> times{}; ///< ns
    long largest_kb = 0;
};

long long now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "bench_measure: %s\n", why.c_str());
    std::exit(1);
}

bool same_variable(const char* one, const char* other) {
    const auto length = std::strcspn(one, "=");
    return length == std::strcspn(other, "=") && std::strncmp(one, other, length) == 0;
}

void set_variable(std::vector<char*>& environment, char* setting) {
    std::erase_if(environment, [&](const char* one) { return same_variable(one, setting); });
    environment.push_back(setting);
}

Command command_of(const std::vector<char*>& words) {
    if (words.size() < 2) fail("a command needs a label and a program");
    Command command{.label = words[0], .environment = {}, .words = {}};
    for (char** variable = environ; *variable != nullptr; ++variable) command.environment.push_back(*variable);
    auto word = words.begin() + 1;
    for (; word != words.end() && std::strchr(*word, '=') != nullptr; ++word) {
        if (std::string_view(*word).starts_with("exit="))
            command.expected = std::atoi(*word + 5);
        else
            set_variable(command.environment, *word);
    }
    command.environment.push_back(nullptr);
    command.words.assign(word, words.end());
    if (command.words.empty()) fail(command.label + ": no program");
    command.words.push_back(nullptr);
    return command;
}

std::vector<Command> read_commands(int count, char** arguments) {
    std::vector<Command> commands;
    std::vector<char*> words;
    for (int i = 0; i <= count; ++i) {
        const bool ends = i == count || std::string_view(arguments[i]) == "--";
        if (!ends)
            words.push_back(arguments[i]);
        else if (!words.empty())
            commands.push_back(command_of(std::exchange(words, {})));
    }
    return commands;
}

/// Where the commands write: stdout to nowhere, stderr to a file that is shown when one fails.
class Redirection {
  public:
    Redirection() {
        if (errors_ == nullptr) fail("no temporary file");
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, fileno(errors_), STDERR_FILENO);
    }
    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    void clear() {
        std::rewind(errors_);
        if (ftruncate(fileno(errors_), 0) != 0) fail("cannot empty a temporary file");
    }
    void show() {
        std::rewind(errors_);
        for (int c = std::getc(errors_); c != EOF; c = std::getc(errors_)) std::putc(c, stderr);
    }

  private:
    std::FILE* errors_ = std::tmpfile();
    posix_spawn_file_actions_t actions_{};
};

void run(Command& command, Redirection& redirection) {
    redirection.clear();
    pid_t child = 0;
    int status = 0;
    rusage usage{};
    const auto begin = now();
    const int error = posix_spawnp(&child, command.words[0], redirection.actions(), nullptr, command.words.data(),
                                   command.environment.data());
    if (error != 0) fail(command.label + ": " + command.words[0] + ": " + std::strerror(error));
    alarm(longest);
    if (wait4(child, &status, 0, &usage) != child) {
        kill(child, SIGKILL);
        fail(command.label + ": did not end within " + std::to_string(longest) + " s");
    }
    alarm(0);
    command.times.push_back(now() - begin);
    command.largest_kb = std::max(command.largest_kb, usage.ru_maxrss);
    if (WIFEXITED(status) && WEXITSTATUS(status) == command.expected) return;
    redirection.show();
    fail(command.label + ": ended with " +
         (WIFEXITED(status) ? std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status))) +
         ", not " + std::to_string(command.expected));
}

long long median(std::vector<long long> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) fail("usage: bench_measure ROUNDS (-- LABEL [exit=CODE] [NAME=VALUE...] COMMAND [ARGUMENT...])...");
    const int rounds = std::max(1, std::atoi(argv[1]));
    auto commands = read_commands(argc - 2, argv + 2);
    Redirection redirection;
    // It only has to end a wait.
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, nullptr);
    std::vector<std::size_t> order(commands.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937 random;
    for (int round = 0; round < rounds; ++round) {
        std::shuffle(order.begin(), order.end(), random);
        for (const auto one : order) run(commands[one], redirection);
    }
    for (const auto& command : commands)
        std::printf("%s\t%lld\t%ld\n", command.label.c_str(), median(command.times), command.largest_kb);
}
