#include "system/read_line.hpp"

#include "system/wait.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace omen {

std::string read_line(int fd, std::size_t longest) {
    std::string line;
    while (line.size() < longest) {
        std::array waiting{pollfd{.fd = fd, .events = POLLIN, .revents = 0}};
        wait_for_any(waiting, Deadline::never());
        char next = '\n';
        const auto count = ::read(fd, &next, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category());
        if (count == 0 || next == '\n') break;
        line += next;
    }
    return line;
}

} // namespace omen
