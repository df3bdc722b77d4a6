#include "system/private_file.hpp"

#include "system/descriptor.hpp"
#include "system/descriptor_io.hpp"
#include "system/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace omen {

namespace {

[[noreturn]] void fail(int error) {
    throw std::system_error(error, std::generic_category());
}

/// A new file beside the one to be written; gone with its owner.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& beside)
        : path_(beside + ".XXXXXX"), fd_(::mkostemp(path_.data(), O_CLOEXEC)) {
        if (fd_.get() < 0) fail(errno);
    }
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(std::string_view text) {
        if (const int error = write_all(fd_.get(), text)) fail(error);
    }

    /// In the place of what stands at `path`.
    void move_to(const std::string& path) {
        if (::rename(path_.c_str(), path.c_str()) != 0) fail(errno);
        path_.clear();
    }
    /// At `path` as well; false when something stands there, which link() never overwrites.
    bool link_to(const std::string& path) {
        if (::link(path_.c_str(), path.c_str()) == 0) return true;
        if (errno != EEXIST) fail(errno);
        return false;
    }

  private:
    std::string path_;
    Descriptor fd_;
};

} // namespace

void make_private_directories(const std::filesystem::path& path) {
    if (path.empty() || std::filesystem::exists(path)) return;
    make_private_directories(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(errno);
}

std::string file_name_part(const std::string& url) {
    std::string name;
    for (const char c : url) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        name += plain ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
    }
    return name;
}

bool write_private_file(const std::string& path, std::string_view text, IfExists if_exists) {
    refuse_irregular(path);
    make_private_directories(std::filesystem::path(path).parent_path());
    TemporaryFile file(path);
    file.write(text);
    if (if_exists == IfExists::keep) return file.link_to(path);
    file.move_to(path);
    return true;
}

std::string read_or_create_private_file(const std::string& path, const std::function<std::string()>& create) {
    if (auto text = read_regular_file(path)) return *text;
    write_private_file(path, create(), IfExists::keep); // whoever comes first has written the text that all read
    return read_regular_file(path).value_or("");
}

} // namespace omen
