#pragma once

#include <string>

namespace omen {

/// A new name: ordered by time to the millisecond, and unique across processes by 80 random bits. Errors: internal.
std::string unique_name();

} // namespace omen
