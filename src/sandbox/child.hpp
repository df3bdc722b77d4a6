#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace omen::sandbox {

/// A command that the sandbox runs, in the sandbox's process group, so that the terminal's Ctrl-C reaches both.
class Child {
  public:
    /// Starts a command with these variables ("NAME=value") set over the present environment. A usage Error when it
    /// can't be started.
    Child(const std::vector<std::string>& command, const std::vector<std::string>& variables);

    void send(int signal) const;
    /// Its exit status, or 128 + the signal that ended it; nothing while it runs. Can be learnt only
    /// once.
    std::optional<int> ended() const;

  private:
    pid_t pid_ = 0;
};

} // namespace omen::sandbox
