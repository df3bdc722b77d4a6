#pragma once

#include "core/error.hpp"
#include "support/catch.hpp"

namespace omen::test {

/// The error that a call ends with.
template <class F> Error error_of(F&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    throw std::logic_error("no error");
}

} // namespace omen::test
