#pragma once

#include <optional>

namespace omen {

/// SIGINT or SIGTERM arrived while the process waited. Thrown by every wait of the transport layer, so that a command
/// unwinds, flushes and exits 128 + signal; it is no std::exception, so nothing takes it for a failure.
struct Interrupted {
    int signal;
};

/// Turns SIGINT and SIGTERM into a readable descriptor (a self-pipe), once per process; SIGPIPE is ignored.
namespace signals {

/// Installs the handlers. Safe to call again. Without it signals act as by default and fd() is -1.
void install();
/// Readable as soon as a signal has arrived; -1 before install().
int fd();
/// The first signal that arrived, if any.
std::optional<int> received();
/// Throws Interrupted when a signal has arrived.
void check();
/// Forgets what has arrived, for a process that goes on after a signal.
void clear();

/// For as long as it lives, this thread waits for a descriptor instead: as soon as that is readable, waits throw
/// Interrupted with signal 0. Signals are the main thread's.
class Instead {
  public:
    explicit Instead(int fd);
    ~Instead();
    Instead(const Instead&) = delete;
    Instead& operator=(const Instead&) = delete;
};

} // namespace signals
} // namespace omen
