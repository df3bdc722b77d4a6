#pragma once

#include "client/feeds/drop_copy_cursor.hpp"
#include "client/settings/environment.hpp"

#include <optional>
#include <string>

namespace omen {

/// Keeps a drop-copy's cursor file behind what has been written out.
class StreamCursor {
  public:
    /// Takes the file for itself, and reads it. Errors: usage, when it is no cursor, one of another environment, or in
    /// another process's hands.
    StreamCursor(const std::string& path, const Environment& environment);

    /// The last sequence that was written out; nothing when there has been none.
    std::optional<std::uint64_t> sequence() const;
    /// More may have been written out by an earlier run than it knows of.
    void catch_up(std::optional<std::uint64_t> sequence);
    /// Whose executions these are; a usage Error when the cursor is another wallet's.
    void belong_to(const std::string& wallet);
    /// Where the stream begins: what comes later is not to be missed, even if nothing is ever written out.
    void begin(std::optional<std::uint64_t> sequence);
    /// Everything up to this has been written out. Errors: usage, when the file can't be written.
    void commit(std::optional<std::uint64_t> sequence);

  private:
    std::string path_;
    CursorLock lock_;
    std::string environment_;
    std::string wallet_;
    std::optional<DropCopyCursor> committed_;
};

} // namespace omen
