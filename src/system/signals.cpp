#include "system/signals.hpp"

#include "core/error.hpp"

#include <atomic>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace omen::signals {

namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr int most_signals = 3;

std::atomic<int> first_signal{0};
std::atomic<int> pending_signal{0};
std::atomic<int> signal_count{0};
std::atomic<int> beat_count{0};
std::atomic<std::int64_t> last_signal_at{0}; // in ms
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may touch only lock-free atomics");

thread_local int instead = -1;
int pipe_read_end = -1;
int pipe_write_end = -1;

std::optional<int> if_any(int signal) {
    return signal == 0 ? std::nullopt : std::optional(signal);
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

void unblock(int signal) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
}

std::int64_t now_in_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

/// Whoever sends to a process and to its group (timeout, make) sends twice, and a terminal that goes away has its
/// kernel send, its shell, and its kernel again when the shell ends. That is nobody's second word.
bool is_echo(int signal) {
    const auto now = now_in_ms();
    const auto silence = now - last_signal_at.exchange(now);
    return signal_count != 0 && silence < (signal == SIGHUP ? 1000 : 100);
}

extern "C" void on_beat(int) {
    beat_count.fetch_add(1);
    alarm(1);
}

extern "C" void on_signal(int signal) {
    if (is_echo(signal)) return;
    const int saved_errno = errno;
    if (signal_count.fetch_add(1) + 1 >= most_signals) die_of(signal);
    int none = 0;
    first_signal.compare_exchange_strong(none, signal);
    pending_signal = signal;
    const char byte = 0;
    // A full pipe is readable already: that the write fails does not matter.
    [[maybe_unused]] const auto written = write(pipe_write_end, &byte, 1);
    on_beat(SIGALRM);
    errno = saved_errno;
}

} // namespace

void install() {
    if (pipe_read_end == -1) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Error(Fault::internal, "signals: cannot make a pipe");
        pipe_read_end = ends[0];
        pipe_write_end = ends[1];
    }
    take();
    first_signal = signal_count = beat_count = 0;
    // Without SA_RESTART: a system call that blocks returns, too.
    handle(SIGALRM, on_beat);
    unblock(SIGALRM);
    for (const int signal : ending)
        if (signal != SIGHUP || !is_ignored(SIGHUP)) handle(signal, on_signal);
    handle(SIGPIPE, SIG_IGN);
    handle(SIGXFSZ, SIG_IGN);
}

void restore() {
    alarm(0);
    for (const int signal : ending)
        if (!is_ignored(signal)) handle(signal, SIG_DFL);
}

bool is_ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

int fd() {
    return instead != -1 ? instead : pipe_read_end;
}

std::optional<int> pending() {
    return if_any(pending_signal);
}

void check() {
    if (instead != -1) {
        pollfd waiting{.fd = instead, .events = POLLIN, .revents = 0};
        if (poll(&waiting, 1, 0) > 0) throw Interrupted{0};
        return;
    }
    if (const auto signal = pending()) throw Interrupted{*signal};
}

void take() {
    pending_signal = 0;
    char bytes[64];
    while (read(pipe_read_end, bytes, sizeof bytes) > 0) {
    }
}

std::optional<int> received() {
    return if_any(first_signal);
}

int count() {
    return signal_count;
}

int beats() {
    return beat_count;
}

void die_of(int signal) {
    // A core would hold the token. Where cores are piped to a program, their size limit is not asked.
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    handle(signal, SIG_DFL);
    unblock(signal);
    raise(signal);
    _exit(128 + signal);
}

Instead::Instead(int fd) {
    instead = fd;
}

Instead::~Instead() {
    instead = -1;
}

} // namespace omen::signals
