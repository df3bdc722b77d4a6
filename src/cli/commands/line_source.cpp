#include "cli/commands/line_source.hpp"

#include "core/error.hpp"
#include "system/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace omen {

LineSource::LineSource(const std::string& path) : fd_(STDIN_FILENO) {
    if (path == "-") return;
    try {
        file_ = open_to_read(path);
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "batch " + path + ": " + error.code().message(),
                    {.code = "bad_value", .hint = "name a readable file, or - for standard input"});
    }
    fd_ = file_.get();
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

std::optional<LineSource::Line> LineSource::next() {
    constexpr std::size_t carriage_return = 1;
    const auto end = std::min(buffer_.find('\n', at_), buffer_.size());
    const bool is_whole = end < buffer_.size() || (ended_ && (at_ < end || passing_over_));
    const bool too_long = passing_over_ || end - at_ > longest + carriage_return;
    Line line{.too_long = too_long};
    if (is_whole && !too_long) line.text = buffer_.substr(at_, end - at_);
    passing_over_ = !is_whole && too_long;
    if (is_whole || too_long) at_ = std::min(end + 1, buffer_.size());
    if (!is_whole) {
        buffer_.erase(0, at_);
        at_ = 0;
        return std::nullopt;
    }
    if (line.text.ends_with('\r')) line.text.pop_back();
    if (line.text.size() > longest) return Line{.too_long = true};
    return line;
}

} // namespace omen
