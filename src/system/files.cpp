#include "system/files.hpp"

#include "system/wait.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace omen {

namespace {

class FileErrors final : public std::error_category {
  public:
    const char* name() const noexcept override { return "file"; }
    std::string message(int error) const override {
        switch (static_cast<FileError>(error)) {
        case FileError::not_regular:
            return "it is no regular file";
        case FileError::too_long:
            return "it is too long";
        case FileError::not_in_time:
            return "it did not end in time";
        case FileError::unread:
            return "nobody reads from it";
        case FileError::link:
            return "it is a symbolic link";
        }
        return "unknown";
    }
};

} // namespace

std::error_code make_error_code(FileError error) {
    static const FileErrors category;
    return {static_cast<int>(error), category};
}

Descriptor open_to_read(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) throw std::system_error(errno, std::generic_category());
    return file;
}

std::string read_all(int fd, const ReadLimits& limits) {
    std::string text;
    std::array<char, 65'536> bytes;
    for (;;) {
        // Before the first writer has come, a read would find the end.
        std::array waiting{pollfd{.fd = fd, .events = POLLIN, .revents = 0}};
        if (!wait_for_any(waiting, limits.by)) throw std::system_error(FileError::not_in_time);
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category());
        if (count == 0) return text;
        text.append(bytes.data(), static_cast<std::size_t>(count));
        if (text.size() > limits.longest) throw std::system_error(FileError::too_long);
    }
}

std::string read_file(const std::string& path, const ReadLimits& limits) {
    return read_all(open_to_read(path).get(), limits);
}

Descriptor open_to_write(const std::string& path, IfThere if_there) {
    constexpr int flags = O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    const auto opened = [&](int more) {
        Descriptor file(::open(path.c_str(), flags | more, 0600));
        if (file.get() >= 0) return file;
        if (errno == ENXIO) throw std::system_error(FileError::unread);
        throw std::system_error(errno, std::generic_category());
    };
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0) return opened(O_CREAT | O_EXCL);
    if (path.starts_with("/dev/fd/") || path.starts_with("/dev/std")) return opened(0); // what is open already
    struct stat target {};
    const bool is_link = S_ISLNK(there.st_mode);
    if (is_link && (::stat(path.c_str(), &target) != 0 || S_ISREG(target.st_mode)))
        throw std::system_error(FileError::link);
    if (is_link || !S_ISREG(there.st_mode)) return opened(0);
    if (if_there == IfThere::refuse) throw std::system_error(EEXIST, std::generic_category());
    auto file = opened(O_NOFOLLOW);
    if (::fchmod(file.get(), 0600) != 0 || ::ftruncate(file.get(), 0) != 0)
        throw std::system_error(errno, std::generic_category());
    return file;
}

void refuse_irregular(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) throw std::system_error(FileError::not_regular);
}

Descriptor open_regular_file(const std::string& path, int flags) {
    refuse_irregular(path);
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
    if (file.get() < 0) throw std::system_error(errno, std::generic_category());
    struct stat info {}; // it may have taken the place of another one meanwhile
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) throw std::system_error(FileError::not_regular);
    return file;
}

std::optional<std::string> read_regular_file(const std::string& path) try {
    return read_all(open_regular_file(path, O_RDONLY).get());
} catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return std::nullopt;
    throw;
}

} // namespace omen
