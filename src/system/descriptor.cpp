#include "system/descriptor.hpp"

#include <fcntl.h>

namespace omen {

void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(fd, F_GETFD) == -1) ::open("/dev/null", O_RDONLY); // takes the lowest number that is free
}

} // namespace omen
