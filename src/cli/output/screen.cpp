#include "cli/output/screen.hpp"

#include "cli/output/terminal.hpp"
#include "system/signals.hpp"

#include <atomic>
#include <cerrno>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::string_view second_screen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view first_screen = "\x1b[?25h\x1b[?1049l";

std::atomic<bool> is_resumed{false};

/// Also for a signal handler. A terminal that takes no bytes can't be put right either.
void write_now(std::string_view text) {
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

void set_on_stop(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_NODEFER; // it stops the process from within
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, nullptr);
}

/// Ctrl-Z: the shell gets its screen back for as long as we are stopped.
extern "C" void on_stop(int) {
    const int saved_errno = errno;
    write_now(first_screen);
    set_on_stop(SIG_DFL);
    raise(SIGTSTP);
    set_on_stop(on_stop);
    write_now(second_screen);
    is_resumed = true;
    errno = saved_errno;
}

std::size_t terminal_height() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

} // namespace

Screen::Screen() : terminal_(stdout_is_terminal()) {
    if (!terminal_) return;
    write_now(second_screen);
    if (!signals::is_ignored(SIGTSTP)) set_on_stop(on_stop);
}

Screen::~Screen() {
    if (!terminal_) return;
    if (!signals::is_ignored(SIGTSTP)) set_on_stop(SIG_DFL);
    write_now(first_screen);
}

bool Screen::was_resumed() const {
    return is_resumed.exchange(false);
}

std::string Screen::compose(std::string_view frame) const {
    if (!terminal_) return std::string(frame);
    std::string out = "\x1b[H";
    for (auto rows = terminal_height(); !frame.empty() && rows > 0; --rows) {
        const auto end = frame.find('\n');
        out += frame.substr(0, end);
        out += "\x1b[K";
        if (rows > 1) out += "\r\n";
        frame.remove_prefix(end == std::string_view::npos ? frame.size() : end + 1);
    }
    return out + "\x1b[J";
}

} // namespace omen
