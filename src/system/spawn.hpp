#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace omen {

/// A program that was started, without a shell and with SIGPIPE and SIGXFSZ as usual, although we ignore them.
class Process {
  public:
    struct Options {
        std::vector<std::string> variables{}; ///< "NAME=value", set over our own environment
        std::vector<std::string> without{};   ///< names of variables that it does not get
        bool own_group = false;               ///< in a process group of its own, not in ours
        bool empty_input = false;             ///< its standard input is empty, not ours
        int output = -1;                      ///< a descriptor that is its standard output; -1: ours
    };

    /// Starts a program, which is looked for in PATH. Throws std::system_error when it can't be started.
    Process(std::vector<std::string> command, Options options);
    /// A program in a group of its own that still runs is killed, with all of its group.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void send(int signal) const;
    /// The status as waitpid() gives it; nothing while the program runs.
    std::optional<int> ended();

  private:
    pid_t pid_ = 0;
    bool own_group_;
    std::optional<int> status_;
};

/// The status of a program that has ended, as a shell shows it: its exit status, or 128 and the signal that ended it.
int shell_status(int status);

} // namespace omen
