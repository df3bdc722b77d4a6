#pragma once

#include "core/time.hpp"
#include "transport/socket.hpp"

#include <algorithm>

namespace omen {

/// Until when an answer is awaited: for half of the time that is left, at most 5 s. What remains is for asking again,
/// or for finding out what became of a command whose answer is lost.
inline Deadline answer_deadline(Deadline whole) {
    return Deadline::after(std::min(whole.left() / 2, longest_for_answer));
}

} // namespace omen
