#include "system/spawn.hpp"

#include <algorithm>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

/// Our environment, with the variables in place of those of the same names, and without others.
std::vector<std::string> environment_with(const std::vector<std::string>& variables,
                                          const std::vector<std::string>& without) {
    auto result = variables;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('=') + 1);
        const auto is_same = [&](const std::string& variable) { return variable.starts_with(name); };
        const auto is_left_out = [&](const std::string& variable) { return variable + "=" == name; };
        if (std::none_of(variables.begin(), variables.end(), is_same) &&
            std::none_of(without.begin(), without.end(), is_left_out))
            result.emplace_back(text);
    }
    return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

class Attributes {
  public:
    explicit Attributes(bool own_group) {
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::sigaddset(&defaults, SIGXFSZ);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   static_cast<short>(POSIX_SPAWN_SETSIGDEF | (own_group ? POSIX_SPAWN_SETPGROUP : 0)));
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

class Redirections {
  public:
    Redirections(bool empty_input, int output) {
        ::posix_spawn_file_actions_init(&actions_);
        if (empty_input) ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (output >= 0) ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    }
    ~Redirections() { ::posix_spawn_file_actions_destroy(&actions_); }
    Redirections(const Redirections&) = delete;
    Redirections& operator=(const Redirections&) = delete;

    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

} // namespace

Process::Process(std::vector<std::string> command, Options options) : own_group_(options.own_group) {
    auto environment = environment_with(options.variables, options.without);
    const auto arguments = pointers_to(command);
    const Attributes attributes(options.own_group);
    const Redirections redirections(options.empty_input, options.output);
    const int error = ::posix_spawnp(&pid_, arguments.front(), redirections.get(), attributes.get(), arguments.data(),
                                     pointers_to(environment).data());
    if (error != 0) throw std::system_error(error, std::generic_category());
}

Process::~Process() {
    if (!own_group_ || status_) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::send(int signal) const {
    if (!status_) ::kill(pid_, signal);
}

std::optional<int> Process::ended() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_;
}

int shell_status(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace omen
