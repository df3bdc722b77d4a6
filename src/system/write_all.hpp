#pragma once

#include <string_view>

namespace omen {

/// Writes everything, whether or not the descriptor blocks; its flags, which others may share, stay as they are.
/// Returns 0, or errno. After a signal a reader that is stuck is waited for no longer than two seconds: EINTR.
int write_all(int fd, std::string_view text);

} // namespace omen
