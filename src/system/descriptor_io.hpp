#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace omen {

/// Writes everything, whether or not the descriptor blocks; its flags, which others may share, stay as they are.
/// Returns 0, or errno. After a signal a reader that is stuck is waited for no longer than two seconds: EINTR.
int write_all(int fd, std::string_view text);

/// Waits for a line and returns it without its end; at the end of input, what there is. Nothing is read of what comes
/// behind it, nor more than `longest` bytes. Throws Interrupted, std::system_error (FileError::not_in_time).
std::string read_line(int fd, std::size_t longest, Deadline deadline = Deadline::never());

} // namespace omen
