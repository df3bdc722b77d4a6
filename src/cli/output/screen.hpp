#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace omen {

/// A terminal that shows one frame at a time, each in place of the last. It borrows the terminal's second screen; the
/// destructor gives the first one back as it was, on any exit that unwinds, and so does Ctrl-Z until fg. Where stdout
/// is no terminal, frames follow each other.
class Screen {
  public:
    Screen();
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// Whether the process was stopped and is back since this was last asked: the frame is to be shown anew.
    bool was_resumed() const;
    /// What has to be written to show a frame. Lines beyond the terminal's height are cut off.
    std::string compose(std::string_view frame) const;

  private:
    bool terminal_;
};

} // namespace omen
