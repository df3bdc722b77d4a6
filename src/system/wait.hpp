#pragma once

#include "core/time.hpp"

#include <poll.h>
#include <span>

namespace omen {

/// Waits until one of the descriptors is ready (their `revents` say which), or one of those that wake whoever waits for
/// them; false when the deadline passes first. A descriptor of -1 is left out. Throws Interrupted.
bool wait_for_any(std::span<pollfd> descriptors, Deadline deadline, std::span<const pollfd> wake = {});

/// Waits for the deadline alone. Throws Interrupted.
void wait_until(Deadline deadline);

} // namespace omen
