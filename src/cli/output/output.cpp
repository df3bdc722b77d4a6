#include "cli/output/output.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace omen {

void Output::flush() {
    const std::string text = std::exchange(buffer_, {});
    for (std::size_t at = 0; at < text.size();) {
        const auto count = ::write(fd_, text.data() + at, text.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw OutputFailed{errno == EPIPE, std::strerror(errno)};
        at += static_cast<std::size_t>(count);
    }
}

} // namespace omen
