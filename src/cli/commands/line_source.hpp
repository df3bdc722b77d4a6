#pragma once

#include "system/descriptor.hpp"

#include <optional>
#include <string>

namespace omen {

/// Lines from a file or standard input, as far as they are there: nothing here waits. No more is held of a line than
/// may be in one.
class LineSource {
  public:
    /// "-" is standard input. Errors: usage, when the file can't be opened.
    explicit LineSource(const std::string& path);

    static constexpr std::size_t longest = 65'536;
    struct Line {
        std::string text{};    ///< without its end, which the last one may lack
        bool too_long = false; ///< more than `longest` bytes; there is no text then
    };

    std::optional<Line> next();
    /// Reads what there is. To be called when fd() is readable.
    void fill();
    /// Nothing more will come.
    bool ended() const { return ended_ && at_ == buffer_.size() && !passing_over_; }
    /// What becomes readable when there may be more; -1 at the end.
    int fd() const { return ended_ ? -1 : fd_; }

  private:
    Descriptor file_{};
    int fd_;
    std::string buffer_{};
    std::size_t at_ = 0;
    bool passing_over_ = false; ///< the rest of a line that is too long
    bool ended_ = false;
};

} // namespace omen
