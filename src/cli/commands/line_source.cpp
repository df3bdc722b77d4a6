#include "cli/commands/line_source.hpp"

#include "core/error.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace omen {

LineSource::LineSource(const std::string& path) : fd_(STDIN_FILENO) {
    if (path == "-") return;
    file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    fd_ = file_.get();
    if (fd_ < 0)
        throw Error(Fault::usage, "batch " + path + ": " + std::strerror(errno),
                    {.code = "bad_value", .hint = "name a readable file, or - for standard input"});
    if (struct stat status{}; ::fstat(fd_, &status) == 0 && S_ISDIR(status.st_mode))
        throw Error(Fault::usage, "batch " + path + ": is a directory",
                    {.code = "bad_value", .hint = "name a readable file, or - for standard input"});
}

void LineSource::fill() {
    if (ended_) return;
    std::array<char, 65536> bytes;
    const auto count = ::read(fd_, bytes.data(), bytes.size());
    if (count > 0)
        buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
        ended_ = true;
}

std::optional<std::string> LineSource::next() {
    const auto end = buffer_.find('\n', at_);
    if (end == std::string::npos && (!ended_ || at_ == buffer_.size())) {
        buffer_.erase(0, at_);
        at_ = 0;
        return std::nullopt;
    }
    auto line = buffer_.substr(at_, end == std::string::npos ? end : end - at_);
    at_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

} // namespace omen
