#include "system/descriptor.hpp"

#include "core/error.hpp"

#include <fcntl.h>

namespace omen {

void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        // It takes the lowest number that is free.
        if (::fcntl(fd, F_GETFD) == -1 && ::open("/dev/null", O_RDONLY) == -1)
            throw Error(Fault::internal, "a standard descriptor is closed, and /dev/null can't be opened");
}

} // namespace omen
