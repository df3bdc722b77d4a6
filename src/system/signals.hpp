#pragma once

#include <cerrno>
#include <optional>

namespace omen {

/// A signal that ends the process arrived while it waited. Thrown by every wait, so that a command unwinds, flushes,
/// and main() dies of the signal; it is no std::exception, so nothing takes it for a failure.
struct Interrupted {
    int signal;
};

/// The signals that end the process: SIGINT, SIGTERM, SIGHUP and SIGQUIT. They become a readable descriptor (a
/// self-pipe). The third one ends the process where it stands.
namespace signals {

/// Installs the handlers, and begins anew with no signal received. An inherited "ignore" is kept for SIGHUP alone
/// (nohup): shells start `command &` with SIGINT and SIGQUIT ignored, and scripts interrupt those all the same. SIGPIPE
/// and SIGXFSZ are ignored: writes report them. Without it signals act as by default and fd() is -1.
void install();
/// Lets the signals that end the process act as by default again.
void restore();
/// Whether a signal is ignored now.
bool is_ignored(int signal);
/// Readable as soon as a signal has arrived, until it is taken; -1 before install().
int fd();
/// The signal that has arrived and was not taken yet.
std::optional<int> pending();
/// Throws Interrupted when one is pending.
void check();
/// The process goes on after the pending signal, to find out what it must: waits wait again.
void take();
/// The first signal that arrived, taken or not.
std::optional<int> received();
/// How many have arrived; those that come as one from several senders are one.
int count();
/// 0 before the first signal; then it goes up with each signal and each second, and interrupts system calls that block.
int beats();
/// Ends the process as the signal would have by itself, but for its core: whoever waits for it sees the signal, and
/// stops, too. Process 1 of a container survives signals; it exits with 128 and the number.
[[noreturn]] void die_of(int signal);

/// Repeats a system call that was interrupted, but throws Interrupted when that was by a signal that is pending.
template <class Call> auto repeat(Call call) {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) return result;
        check();
    }
}

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
