#pragma once

#include "system/descriptor.hpp"

#include <optional>
#include <string>

namespace omen {

/// Lines from a file or standard input, as far as they are there: nothing here waits.
class LineSource {
  public:
    /// "-" is standard input. Errors: usage, when the file can't be opened.
    explicit LineSource(const std::string& path);

    /// The next line without its end; the last one may lack it.
    std::optional<std::string> next();
    /// Reads what there is. To be called when fd() is readable.
    void fill();
    /// Nothing more will come.
    bool ended() const { return ended_ && at_ == buffer_.size(); }
    /// What becomes readable when there may be more; -1 at the end.
    int fd() const { return ended_ ? -1 : fd_; }

  private:
    Descriptor file_{};
    int fd_;
    std::string buffer_{};
    std::size_t at_ = 0;
    bool ended_ = false;
};

} // namespace omen
