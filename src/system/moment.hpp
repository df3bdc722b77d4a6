#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <string>

namespace omen {

/// A moment that can be compared even if somebody sets the clock in between: by the wall clock, and by one that nobody
/// sets, which begins anew with every boot.
struct Moment {
    Timestamp time{};
    std::string boot{};     ///< the boot's name; empty: not known
    std::uint64_t mono = 0; ///< milliseconds since it

    static Moment now();
};

} // namespace omen
