#include "cli/output/screen.hpp"

#include "cli/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::string_view second_screen = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view first_screen = "\x1b[?25h\x1b[?1049l";

void write_now(std::string_view text) {
    // A terminal that takes no bytes can't be put right either.
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

std::size_t terminal_height() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

} // namespace

Screen::Screen() : terminal_(stdout_is_terminal()) {
    if (terminal_) write_now(second_screen);
}

Screen::~Screen() {
    if (terminal_) write_now(first_screen);
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
