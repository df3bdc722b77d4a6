#pragma once

#include <unistd.h>
#include <utility>

namespace omen {

/// An open file descriptor, closed with its owner; -1 is none.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ != -1) close(fd_);
    }

    int get() const { return fd_; }

  private:
    int fd_ = -1;
};

/// Puts /dev/null in the place of each standard descriptor that is closed, so that nothing that is opened later takes
/// it: input ends at once, and output fails, as before. To be called before anything else is opened.
void occupy_standard_descriptors();

} // namespace omen
