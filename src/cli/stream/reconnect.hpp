#pragma once

#include "cli/context/context.hpp"
#include "system/backoff.hpp"

#include <functional>
#include <string>

namespace omen {

/// Makes a connection that was lost again, as often as it takes.
class Reconnect {
  public:
    /// There is a connection now.
    explicit Reconnect(Context& context);

    /// Whether another connection can help against this, with a new token where the old one is no longer accepted.
    bool helps(const Error& error);
    /// What was lost, on one line: the peer's words may be in it.
    std::string reason_of(const Error& error) const;
    /// Tries until there is a connection; false when the deadline passes first. `connect` is to take no longer than the
    /// deadline that it is given. Errors: of `connect`, where trying again does not help.
    bool again(const std::function<void(Deadline)>& connect, Deadline end = Deadline::never());

  private:
    Context& context_;
    Backoff backoff_{Backoff::Options{}};
};

} // namespace omen
