#include "cli/output/terminal.hpp"

#include "core/integer.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace omen {

bool stdout_is_terminal() {
    return isatty(STDOUT_FILENO) != 0;
}

std::size_t terminal_width(const std::function<std::optional<std::string>(const std::string&)>& variables) {
    if (!stdout_is_terminal()) return 0;
    if (const auto columns = variables("COLUMNS"))
        if (const auto width = parse_integer<std::size_t>(*columns).value_or(0); width > 0) return width;
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool use_colour(ColourChoice choice, const std::function<std::optional<std::string>(const std::string&)>& variables) {
    if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
    if (variables("NO_COLOR")) return false;
    if (const auto force = variables("CLICOLOR_FORCE"); force && *force != "0") return true;
    return stdout_is_terminal();
}

} // namespace omen
