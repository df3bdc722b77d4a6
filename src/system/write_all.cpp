#include "system/write_all.hpp"

#include "system/signals.hpp"

#include <atomic>
#include <cerrno>
#include <poll.h>
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

} // namespace omen
