#pragma once

#include "system/descriptor.hpp"

namespace omen {

/// One descriptor to wait for, for input or for the reader of stdout to go away.
class Wake {
  public:
    Wake();

    /// Readable when there is input (of -1: never), or when nobody reads stdout any more.
    int fd(int input);
    /// Whether the reader of stdout has gone.
    bool output_gone() const;
    /// From now on that does not matter.
    void forget_output();

  private:
    Descriptor epoll_;
    int input_ = -1; ///< that epoll_ watches
};

} // namespace omen
