#pragma once

#include "system/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen {

/// A file that a drop-copy's lines are appended to, by one process at a time. Its last whole line says how far it got,
/// whatever ended the process that wrote it; a line that was torn is cut off.
class DropCopyFile {
  public:
    /// Opens or makes the file. Errors: usage, when it is no regular file, holds other lines than a drop-copy's, or is
    /// in another process's hands.
    explicit DropCopyFile(const std::string& path);

    int fd() const { return fd_.get(); }
    /// The sequence of its last execution; nothing when it has none.
    std::optional<std::uint64_t> sequence() const { return sequence_; }
    /// A usage Error when its executions are another wallet's.
    void belong_to(const std::string& wallet) const;
    /// Has it on the disk. Errors: internal.
    void sync() const;

  private:
    [[noreturn]] void refuse(const std::string& why, const std::string& hint) const;
    void take_for_itself() const;
    void read_end();
    bool read_lines(std::string_view lines);

    std::string path_;
    Descriptor fd_;
    std::optional<std::uint64_t> sequence_{};
    std::optional<std::string> wallet_{};
};

} // namespace omen
