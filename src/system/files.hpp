#pragma once

#include "core/time.hpp"
#include "system/descriptor.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <system_error>

namespace omen {

/// What is wrong with a file beside what the system says.
enum class FileError {
    not_regular = 1, ///< it is locked, replaced or appended to, and is a pipe, a device or a directory
    too_long,
    not_in_time, ///< whoever writes to the pipe, or types, does not
    unread,      ///< nobody reads from the pipe that is to be written to
    link,        ///< a symbolic link to a file, or to nothing
};

/// With a message in words.
std::error_code make_error_code(FileError error);

// ---- What is only read: a file, a device, or a pipe like that of `<(command)`

/// What is read, and until when: a pipe may be fed slowly, or without end.
struct ReadLimits {
    std::size_t longest = 64U << 20;
    Deadline by = Deadline::after(Milliseconds(10'000));
};

/// Opens it without waiting for a pipe's writer. Reads may fail with EAGAIN, and are to be waited for. Throws
/// std::system_error.
Descriptor open_to_read(const std::string& path);

/// The whole of what is open there. Throws std::system_error (FileError::too_long, not_in_time), Interrupted.
std::string read_all(int fd, const ReadLimits& limits = {});

/// The whole of it. Throws as they do.
std::string read_file(const std::string& path, const ReadLimits& limits = {});

// ---- What is written from its beginning: the same

enum class IfThere { refuse, replace };
/// Opens it: a new file for this user alone, or one that is there, emptied and from now on this user's alone, where it
/// may be replaced; a device; or a pipe, which must have its reader already. A link is followed to these only. It
/// is to be written by write_all(). Throws std::system_error (FileError::unread, link; EEXIST).
Descriptor open_to_write(const std::string& path, IfThere if_there);

// ---- What is ours to lock, replace or append to: a regular file

/// Opens it as open(2) does, made with mode 0600. Nothing else is opened: that might wait, or have effects of its own.
/// Throws std::system_error (FileError::not_regular).
Descriptor open_regular_file(const std::string& path, int flags);

/// Throws std::system_error (FileError::not_regular) where something else stands.
void refuse_irregular(const std::string& path);

/// The whole of it; nothing when there is none. Throws std::system_error.
std::optional<std::string> read_regular_file(const std::string& path);

} // namespace omen

template <> struct std::is_error_code_enum<omen::FileError> : std::true_type {};
