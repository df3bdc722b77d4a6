#include "sandbox/troubles.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace omen::sandbox {

void Troubles::report(const std::string& what) {
    if (what == last_) return;
    last_ = what;
    fmt::print(stderr, "omenctl: sandbox: {}; it goes on\n", what);
}

} // namespace omen::sandbox
