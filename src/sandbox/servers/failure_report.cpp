#include "sandbox/servers/failure_report.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace omen::sandbox {

void FailureReport::report(const std::string& what) {
    if (said_.insert(what).second) fmt::print(stderr, "omenctl: sandbox: {}; it goes on\n", what);
}

} // namespace omen::sandbox
