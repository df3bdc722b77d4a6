#include "system/wait.hpp"

#include "core/error.hpp"
#include "system/signals.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

namespace omen {

namespace {

int poll_timeout(Deadline deadline) {
    if (deadline.is_never()) return -1;
    return static_cast<int>(std::min<Milliseconds::rep>(deadline.left().count(), std::numeric_limits<int>::max()));
}

} // namespace

bool wait_for_any(std::span<pollfd> descriptors, Deadline deadline, std::span<const pollfd> wake) {
    std::vector<pollfd> all(descriptors.begin(), descriptors.end());
    all.insert(all.end(), wake.begin(), wake.end());
    all.push_back({.fd = signals::fd(), .events = POLLIN, .revents = 0});
    for (;;) {
        signals::check();
        const int ready = poll(all.data(), all.size(), poll_timeout(deadline));
        if (ready < 0 && errno != EINTR)
            throw Error(Fault::internal, std::string("cannot wait for the network: ") + std::strerror(errno));
        signals::check();
        if (ready > 0) {
            std::copy_n(all.begin(), descriptors.size(), descriptors.begin());
            return true;
        }
        if (deadline.passed()) return false;
    }
}

void wait_until(Deadline deadline) {
    while (wait_for_any({}, deadline)) {
    }
}

} // namespace omen
