#include "sandbox/child.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cstring>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace omen::sandbox {

namespace {

/// The environment with the variables in place of its own of the same names.
std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
    auto result = variables;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('=') + 1);
        const auto is_same = [&](const std::string& variable) { return variable.starts_with(name); };
        if (std::none_of(variables.begin(), variables.end(), is_same)) result.emplace_back(text);
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

/// The command starts with SIGPIPE as usual, although the sandbox may ignore it.
class Attributes {
  public:
    Attributes() {
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

} // namespace

Child::Child(const std::vector<std::string>& command, const std::vector<std::string>& variables) {
    auto words = command;
    auto environment = environment_with(variables);
    const auto arguments = pointers_to(words);
    const Attributes attributes;
    const int error = ::posix_spawnp(&pid_, arguments.front(), nullptr, attributes.get(), arguments.data(),
                                     pointers_to(environment).data());
    if (error != 0) throw Error(Fault::usage, command.front() + ": " + std::strerror(error));
}

void Child::send(int signal) const {
    ::kill(pid_, signal);
}

std::optional<int> Child::ended() const {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace omen::sandbox
