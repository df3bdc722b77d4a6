#include "cli/commands/wake.hpp"

#include "core/error.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace omen {

namespace {

/// False for what is always ready: a file.
bool watch(int epoll, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

} // namespace

Wake::Wake() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_.get() < 0) throw Error(Fault::internal, "cannot wait for input: no descriptor is left");
    watch(epoll_.get(), STDOUT_FILENO, 0);
}

int Wake::fd(int input) {
    if (input == input_) return epoll_.get();
    if (input_ != -1) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, input_, nullptr);
    input_ = -1;
    if (input == -1) return epoll_.get();
    if (!watch(epoll_.get(), input, EPOLLIN)) return input;
    input_ = input;
    return epoll_.get();
}

bool Wake::output_gone() const {
    pollfd output{STDOUT_FILENO, 0, 0};
    return ::poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

void Wake::forget_output() {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, STDOUT_FILENO, nullptr);
}

} // namespace omen
