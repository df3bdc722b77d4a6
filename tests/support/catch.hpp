#pragma once

// Catch2 as Debian 12 has it, a single header, or as version 3: the tests are written for the names of the former.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace Catch {

namespace Matchers {

/// Version 3 gives this name to a matcher of ranges, whose header is not included here.
inline StringContainsMatcher Contains(const std::string& part) {
    return ContainsSubstring(part);
}

} // namespace Matchers

using namespace Matchers;

} // namespace Catch
#endif
