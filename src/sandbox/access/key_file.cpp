#include "sandbox/access/key_file.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace omen::sandbox {

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
    throw Error(Fault::usage, "sandbox key " + path + ": " + std::strerror(error),
                {.hint = "make its directory writable, or set XDG_STATE_HOME to one that is"});
}

std::optional<std::string> read_if_there(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    if (file) text << file.rdbuf();
    if (file && text) return text.str();
    if (errno == ENOENT) return std::nullopt;
    fail(path, errno);
}

void make_directories(const std::filesystem::path& path) {
    if (path.empty() || std::filesystem::exists(path)) return;
    make_directories(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(path, errno);
}

void write_new(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail(path, errno);
    const auto written = ::write(fd, text.data(), text.size());
    const int error = errno;
    if (::close(fd) == 0 && written == static_cast<ssize_t>(text.size())) return;
    ::unlink(path.c_str());
    fail(path, written < 0 ? error : EIO);
}

} // namespace

std::string read_or_create_secret(const std::string& path, const std::function<std::string()>& create) {
    if (auto text = read_if_there(path)) return *text;
    make_directories(std::filesystem::path(path).parent_path());
    const auto temporary = path + "." + std::to_string(::getpid());
    ::unlink(temporary.c_str()); // left by a process that died with our number
    write_new(temporary, create());
    // link() never overwrites: whoever comes first has made the file, whole, and everybody reads that one.
    const int linked = ::link(temporary.c_str(), path.c_str());
    const int error = errno;
    ::unlink(temporary.c_str());
    if (linked != 0 && error != EEXIST) fail(path, error);
    if (auto text = read_if_there(path)) return *text;
    fail(path, ENOENT);
}

} // namespace omen::sandbox
