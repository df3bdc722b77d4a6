#pragma once

#include <exception>
#include <set>
#include <string>

namespace omen::sandbox {

/// What goes wrong in the sandbox without a client's command to be answered for it: a line on stderr, and it goes on.
class FailureReport {
  public:
    /// Each failure is reported once, however often it happens.
    void report(const std::string& what);

    /// Calls a function and reports what it throws.
    template <class Act> void contain(Act act) {
        try {
            act();
        } catch (const std::exception& error) {
            report(error.what());
        }
    }

  private:
    std::set<std::string> said_;
};

} // namespace omen::sandbox
