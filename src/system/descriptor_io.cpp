#include "system/descriptor_io.hpp"

#include "system/files.hpp"
#include "system/signals.hpp"
#include "system/wait.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

std::atomic<bool> has_given_up{false}; // then the next that is stuck is not waited for as long again

} // namespace

int write_all(int fd, std::string_view text) {
    const int last_beat = signals::beats() + (has_given_up ? 1 : 2);
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR && errno != EAGAIN) return errno;
        const bool is_full = count < 0 && errno == EAGAIN;
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
        if (!text.empty() && signals::beats() >= last_beat) {
            has_given_up = true;
            return EINTR;
        }
        pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
        if (is_full) ::poll(&room, 1, -1);
    }
    return 0;
}

std::string read_line(int fd, std::size_t longest, Deadline deadline) {
    std::string line;
    while (line.size() < longest) {
        std::array waiting{pollfd{.fd = fd, .events = POLLIN, .revents = 0}};
        if (!wait_for_any(waiting, deadline)) throw std::system_error(FileError::not_in_time);
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
