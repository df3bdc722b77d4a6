#include "system/signals.hpp"

#include "core/error.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace omen::signals {

namespace {

std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch only lock-free atomics");

thread_local int instead = -1;
int pipe_read_end = -1;
int pipe_write_end = -1;

extern "C" void on_signal(int number) {
    const int saved_errno = errno;
    int none = 0;
    first_signal.compare_exchange_strong(none, number);
    const char byte = 0;
    // A full pipe is readable already: that the write fails does not matter.
    [[maybe_unused]] const auto written = write(pipe_write_end, &byte, 1);
    errno = saved_errno;
}

void handle(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

} // namespace

void install() {
    if (pipe_read_end == -1) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Error(Fault::internal, "signals: cannot make a pipe");
        pipe_read_end = ends[0];
        pipe_write_end = ends[1];
    }
    // Without SA_RESTART: a blocking write to a terminal or pipe returns, too.
    handle(SIGINT, on_signal);
    handle(SIGTERM, on_signal);
    handle(SIGPIPE, SIG_IGN);
}

int fd() {
    return instead != -1 ? instead : pipe_read_end;
}

std::optional<int> received() {
    const int number = first_signal.load();
    if (number == 0) return std::nullopt;
    return number;
}

void check() {
    if (instead != -1) {
        pollfd waiting{.fd = instead, .events = POLLIN, .revents = 0};
        if (poll(&waiting, 1, 0) > 0) throw Interrupted{0};
        return;
    }
    if (const auto number = received()) throw Interrupted{*number};
}

Instead::Instead(int fd) {
    instead = fd;
}

Instead::~Instead() {
    instead = -1;
}

void clear() {
    first_signal = 0;
    char bytes[64];
    while (read(pipe_read_end, bytes, sizeof bytes) > 0) {
    }
}

} // namespace omen::signals
