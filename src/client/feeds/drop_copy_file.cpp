#include "client/feeds/drop_copy_file.hpp"

#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "system/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::size_t first_look = 65'536;

/// What of a drop-copy's line tells how far it got.
struct WrittenLine {
    std::string type;
    std::optional<std::string> wallet{};
    std::optional<std::uint64_t> sequence{};

    static constexpr auto declaration() {
        return wire::record("line", wire::field("type", &WrittenLine::type),
                            wire::field("wallet", &WrittenLine::wallet),
                            wire::field("sequence", &WrittenLine::sequence));
    }
};

std::size_t size_of(int fd) {
    struct stat info {};
    return ::fstat(fd, &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
}

std::string last_bytes(int fd, std::size_t size, std::size_t count) {
    std::string bytes(count, '\0');
    const auto read = ::pread(fd, bytes.data(), count, static_cast<off_t>(size - count));
    bytes.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
    return bytes;
}

} // namespace

DropCopyFile::DropCopyFile(const std::string& path) : path_(path) {
    try {
        fd_ = open_regular_file(path, O_RDWR | O_CREAT | O_APPEND);
    } catch (const std::system_error& error) {
        refuse(error.code().message(), "name a file that you may write");
    }
    take_for_itself();
    read_end();
}

void DropCopyFile::refuse(const std::string& why, const std::string& hint) const {
    throw Error(Fault::usage, "--append " + path_ + ": " + why, {.code = "bad_append", .hint = hint});
}

void DropCopyFile::take_for_itself() const {
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK) refuse("another process is appending to it", "end that one, or name another file");
    refuse(std::strerror(errno), "name a file that can be locked");
}

void DropCopyFile::read_end() {
    const auto size = size_of(fd_.get());
    // A longer and longer piece of the end, until there is an execution in it.
    for (auto count = std::min(first_look, size);; count = std::min(2 * count, size)) {
        const auto bytes = last_bytes(fd_.get(), size, count);
        const auto end = bytes.rfind('\n') + 1; // 0: there is none
        const auto begin = count == size ? 0 : bytes.find('\n') + 1;
        if (count < size && begin >= end) continue;
        if (!read_lines(std::string_view(bytes).substr(begin, end - begin)) && count < size) continue;
        if (end == bytes.size()) return;
        if (bytes[end] != '{') refuse("it does not end with a drop-copy's lines", "name a file of the drop-copy's own");
        if (::ftruncate(fd_.get(), static_cast<off_t>(size - (bytes.size() - end))) != 0)
            refuse(std::strerror(errno), "name a file that you may write");
        return;
    }
}

/// Goes back to the last execution among whole lines; false where there is none.
bool DropCopyFile::read_lines(std::string_view lines) {
    while (!lines.empty()) {
        lines.remove_suffix(1);
        const auto begin = lines.rfind('\n') + 1;
        try {
            auto line = wire::decode_json<WrittenLine>(lines.substr(begin));
            if (line.type == "execution" && line.sequence) {
                sequence_ = line.sequence;
                wallet_ = std::move(line.wallet);
                return true;
            }
        } catch (const DecodeError& error) {
            refuse(std::string("it holds a line that is no drop-copy's: ") + error.what(),
                   "name a file of the drop-copy's own");
        }
        lines = lines.substr(0, begin);
    }
    return false;
}

void DropCopyFile::belong_to(const std::string& wallet) const {
    if (wallet_ && *wallet_ != wallet)
        refuse("it is of the wallet " + *wallet_ + ", and this is " + wallet, "name another file, one for each wallet");
}

void DropCopyFile::sync() const {
    if (::fdatasync(fd_.get()) != 0)
        throw Error(Fault::internal, path_ + ": " + std::strerror(errno), {.code = "output_failed"});
}

} // namespace omen
