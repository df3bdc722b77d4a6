#pragma once

#include <exception>
#include <string>

namespace omen::sandbox {

/// What goes wrong in the sandbox without a client's command to be answered for it: a line on stderr, and it goes on.
class Troubles {
  public:
    /// The same thing again and again is said once.
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
    std::string last_;
};

} // namespace omen::sandbox
