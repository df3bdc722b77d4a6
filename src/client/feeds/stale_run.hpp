#pragma once

#include "core/time.hpp"

#include <optional>

namespace omen {

/// Tells the deltas that a book contains already, which are dropped, from those of an exchange that counts anew, as
/// after a restart behind a connection that outlived it. What is contained is never newer than the book; and behind a
/// delta that was the next one a connection brings at most a few that had come before. Only a snapshot may be followed
/// by many: those that it overtook. Without I/O.
class StaleRun {
  public:
    /// A snapshot came.
    void begin() { tolerated_ = overtaken; }
    /// A delta came that was the next one.
    void moved() { tolerated_ = repeated; }
    /// A delta came that is not above the book's sequence: whether the exchange counts anew. `book` and `delta`: when
    /// they last changed, where that is known.
    bool counts_anew(std::optional<Timestamp> book, std::optional<Timestamp> delta) {
        return (book && delta && *delta > *book) || tolerated_-- == 0;
    }

  private:
    static constexpr unsigned repeated = 3;
    static constexpr unsigned overtaken = 1000;

    unsigned tolerated_ = overtaken;
};

} // namespace omen
