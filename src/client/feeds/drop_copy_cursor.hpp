#pragma once

#include "protocol/wire/declaration.hpp"
#include "system/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen {

/// How far a drop-copy has been written out.
struct DropCopyCursor {
    std::string environment;
    std::string wallet;
    std::uint64_t sequence = 0;

    bool operator==(const DropCopyCursor&) const = default;

    static constexpr auto declaration() {
        return wire::record("cursor", wire::field("environment", &DropCopyCursor::environment),
                            wire::field("wallet", &DropCopyCursor::wallet),
                            wire::field("sequence", &DropCopyCursor::sequence));
    }
};

/// The file that a path leads to through symbolic links: that one is to be locked and replaced, not a link to it.
/// Errors: usage, when it is no regular file, or one with several names, which replacing it would part.
std::string real_cursor_path(const std::string& path);

/// Keeps a cursor to one process for as long as this lives: the file beside it, NAME.lock, is locked. Errors: usage,
/// when another process has it, or there can be no such file.
class CursorLock {
  public:
    explicit CursorLock(const std::string& path);

  private:
    Descriptor fd_;
};

/// Reads a cursor; nothing when there is no such file. Errors: usage, when it can't be read or is no cursor.
std::optional<DropCopyCursor> read_cursor(const std::string& path);

/// Replaces a cursor in one step; mode 0600, missing directories are made. Errors: usage, when it can't be written.
void write_cursor(const std::string& path, const DropCopyCursor& cursor);

/// A usage Error when a cursor is of another environment, or of another wallet (where one is known; in either case of
/// letters).
void check_cursor(const std::string& path, const DropCopyCursor& cursor, const std::string& environment,
                  const std::optional<std::string>& wallet);

} // namespace omen
