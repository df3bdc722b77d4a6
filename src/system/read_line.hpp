#pragma once

#include <cstddef>
#include <string>

namespace omen {

/// Waits for a line and returns it without its end; at the end of input, what there is. Nothing is read of what comes
/// behind it, nor more than `longest` bytes. Throws Interrupted, std::system_error.
std::string read_line(int fd, std::size_t longest);

} // namespace omen
